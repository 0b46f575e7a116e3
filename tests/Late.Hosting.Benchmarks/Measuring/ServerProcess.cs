using System.Diagnostics;
using Late.Hosting.Benchmarks.Server;

namespace Late.Hosting.Benchmarks.Measuring;

/// <summary>The server in a process of its own; it ends when its standard input closes, so also when this process ends.</summary>
internal sealed class ServerProcess : IAsyncDisposable
{
    private readonly Process _process;

    private ServerProcess(Process process, ServerAddress address) => (_process, Address) = (process, address);

    public ServerAddress Address { get; }

    public static async Task<ServerProcess> StartAsync(ServerSettings settings)
    {
        var start = Self.Start(["--server", .. settings.ToArguments()]);
        start.RedirectStandardInput = true;
        start.RedirectStandardOutput = true;
        if (settings.IsPinned)
        {
            // Here too: a hand-over between threads of one core is pure loss.
            start.Environment["DOTNET_SYSTEM_NET_SOCKETS_INLINE_COMPLETIONS"] = "1";
        }

        var process = Process.Start(start)!;
        var ports = await process.StandardOutput.ReadLineAsync() ?? throw new InvalidOperationException("The server did not start.");
        return new ServerProcess(process, ServerAddress.Parse(ports));
    }

    /// <summary>SIGKILL: nothing is closed, flushed or sent.</summary>
    public void Kill() => _process.Kill();

    public async ValueTask DisposeAsync()
    {
        _process.StandardInput.Close();
        await _process.WaitForExitAsync();
        _process.Dispose();
    }
}
