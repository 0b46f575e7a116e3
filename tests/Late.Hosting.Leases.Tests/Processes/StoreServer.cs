using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;

namespace Late.Hosting.Leases.Tests.Processes;

/// <summary>The server of a store: a process with a folder of its own, which ends with its tests.</summary>
internal abstract class StoreServer : IAsyncDisposable
{
    // The shell becomes the server, and its child ends it when the input closes: also where the tests are killed.
    private const string UntilInputCloses = "exec 3<&0; (cat <&3; kill -KILL $$) >/dev/null 2>&1 & exec \"$@\"";

    private Process? _process;

    protected StoreServer()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        Port = ((IPEndPoint)listener.LocalEndpoint).Port;
    }

    public int Port { get; }

    /// <summary>A server of a kind. Skips the test where its program is not installed.</summary>
    public static StoreServer Make(string kind)
    {
        switch (kind)
        {
            case "redis":
                RedisServer.Need();
                return new RedisServer();
            case "postgres":
                PostgresServer.Need();
                return new PostgresServer();
            default:
                throw new ArgumentOutOfRangeException(nameof(kind), kind, "There are redis and postgres.");
        }
    }

    protected string Folder { get; } = Directory.CreateTempSubdirectory("late-store-").FullName;

    /// <summary>Where hosts find it.</summary>
    /// <param name="port">Its port, or that of what is in between.</param>
    public abstract string AddressOf(int port);

    /// <summary>Starts it, with the data that it had. Both kinds of server write a line when they take connections.</summary>
    public async Task StartAsync()
    {
        var ready = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var process = _process = Start(Command(), line =>
        {
            if (line.Contains("eady to accept connections", StringComparison.Ordinal))
            {
                ready.TrySetResult();
            }
        });
        var ended = process.WaitForExitAsync(TestContext.Current.CancellationToken);
        await Task.WhenAny(ready.Task, ended);
        Assert.True(ready.Task.IsCompleted, $"{GetType().Name} does not start.");
    }

    /// <summary>Kills it.</summary>
    public async Task KillAsync()
    {
        if (_process is { } process)
        {
            process.StandardInput.Close();
            await process.WaitForExitAsync(CancellationToken.None);
            process.Dispose();
            _process = null;
        }
    }

    public async ValueTask DisposeAsync()
    {
        await KillAsync();
        Directory.Delete(Folder, recursive: true);
    }

    protected abstract string[] Command();

    private static Process Start(string[] command, Action<string> onLine)
    {
        var process = new Process
        {
            StartInfo = new ProcessStartInfo("/bin/sh", ["-c", UntilInputCloses, "sh", .. command])
            {
                RedirectStandardInput = true,
                RedirectStandardOutput = true,
                RedirectStandardError = true,
            },
        };
        process.OutputDataReceived += (_, line) => onLine(line.Data ?? "");
        process.ErrorDataReceived += (_, line) => onLine(line.Data ?? "");
        process.Start();
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        return process;
    }

    protected static string Text(IFormattable value) => value.ToString(null, CultureInfo.InvariantCulture);
}
