using System.Diagnostics;
using System.Globalization;
using System.Threading.Channels;

namespace Late.Hosting.IntegrationTests.Mqtt;

/// <summary>A mosquitto broker for the tests of a class; where there is none they are skipped, and report it.</summary>
public sealed class Mosquitto : IAsyncLifetime
{
    private const string Program = "/usr/sbin/mosquitto";

    // By itself mosquitto continues when its parent is killed. The shell becomes mosquitto, and its child ends it when the input closes.
    private const string UntilInputCloses = "exec 3<&0; (cat <&3; kill -KILL $$) >/dev/null 2>&1 & exec \"$0\" -c \"$1\"";

    private readonly Channel<string> _log = Channel.CreateUnbounded<string>();
    private readonly string _folder = Directory.CreateTempSubdirectory("late-mosquitto-").FullName;
    private Process? _process;

    /// <summary>The broker's address: each process that runs tests has one of its own on the loopback, so that the port is free.</summary>
    public Uri Uri { get; } = new(string.Create(
        CultureInfo.InvariantCulture,
        $"ws://127.{100 + ((Environment.ProcessId >> 16) & 127)}.{(Environment.ProcessId >> 8) & 255}.{Environment.ProcessId & 255}:18830/mqtt"));

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        if (!File.Exists(Program))
        {
            return;
        }

        // mosquitto 2.0 does not start with WebSockets alone, and listens on every address where it may use IPv6.
        var file = Path.Combine(_folder, "mosquitto.conf");
        await File.WriteAllLinesAsync(
            file,
            [
                "user root", $"listener 0 {Path.Combine(_folder, "socket")}", $"listener {Uri.Port} {Uri.Host}", "socket_domain ipv4",
                "protocol websockets", "allow_anonymous true", "log_dest stderr", "log_type all",
            ],
            Token);
        _process = Process.Start(new ProcessStartInfo("/bin/sh", ["-c", UntilInputCloses, Program, file])
        {
            RedirectStandardInput = true,
            RedirectStandardError = true,
        })!;
        _process.ErrorDataReceived += (_, line) =>
        {
            if (line.Data is { } text)
            {
                _log.Writer.TryWrite(text);
            }
            else
            {
                _log.Writer.TryComplete();
            }
        };
        _process.BeginErrorReadLine();
        await LoggedAsync(" running");
    }

    /// <summary>Skips the test where there is no broker.</summary>
    public void Need() => Assert.SkipUnless(_process is not null, $"There is no {Program}. Install it: apt-get install mosquitto.");

    /// <summary>Waits until the broker has lost a client, with or without a goodbye; it has published the will by then, where there is one.</summary>
    public Task LostAsync(string clientId) => LoggedAsync($": Client {clientId} ");

    private async Task LoggedAsync(string words)
    {
        var last = "";
        await foreach (var line in _log.Reader.ReadAllAsync(Token))
        {
            last = line;
            if (line.Contains(words, StringComparison.Ordinal))
            {
                return;
            }
        }

        Assert.Fail($"mosquitto has ended without having logged '{words}'; its last line: {last}");
    }

    public async ValueTask DisposeAsync()
    {
        if (_process is not null)
        {
            _process.StandardInput.Close();
            await _process.WaitForExitAsync(CancellationToken.None);
            _process.Dispose();
        }

        Directory.Delete(_folder, recursive: true);
    }
}
