using System.Diagnostics;
using System.Globalization;

namespace Late.Hosting.EchoServer;

/// <summary>The server as its parent process sees it.</summary>
public sealed class ServerProcess : IAsyncDisposable
{
    private readonly Process _process;

    private ServerProcess(Process process, int port) => (_process, Port) = (process, port);

    public int Port { get; }

    /// <summary>What the server records: one line for each message, until the process has ended.</summary>
    public TextReader Records => _process.StandardOutput;

    /// <summary>Starts the server, and is done when it listens.</summary>
    /// <param name="port">Its port; 0 for a free one.</param>
    public static async Task<ServerProcess> StartAsync(int port = 0)
    {
        var program = Path.ChangeExtension(typeof(ServerProcess).Assembly.Location, null);
        var process = Process.Start(new ProcessStartInfo(program, [port.ToString(CultureInfo.InvariantCulture)])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
        })!;
        var line = await process.StandardOutput.ReadLineAsync() ?? throw new InvalidOperationException("The server did not start.");
        return new ServerProcess(process, int.Parse(line, CultureInfo.InvariantCulture));
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
