using System.Diagnostics;
using System.Globalization;
using System.Threading.Channels;

namespace Late.Hosting.IntegrationTests.Ocpp;

/// <summary>
/// A central system of another library: npm's ocpp-rpc, which checks each message against the schemas of OCPP 1.6. Where Node or the package is
/// missing, its tests are skipped, and report it.
/// </summary>
public sealed class CentralSystem : IAsyncLifetime
{
    private const string Install = "npm install --prefix artifacts/node ocpp-rpc@2.2.1";

    private readonly Channel<string> _lines = Channel.CreateUnbounded<string>();
    private Process? _process;
    private int _port;

    /// <summary>The address of a station.</summary>
    public Uri Uri => new(string.Create(CultureInfo.InvariantCulture, $"ws://127.0.0.1:{_port}/CP001"));

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        if (Program() is not { } node || Packages() is not { } packages)
        {
            return;
        }

        var start = new ProcessStartInfo(node, [Path.Combine(AppContext.BaseDirectory, "Ocpp", "server.js")])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
        };
        start.Environment["NODE_PATH"] = packages;
        _process = Process.Start(start)!;
        _process.OutputDataReceived += (_, line) =>
        {
            if (line.Data is { } text)
            {
                _lines.Writer.TryWrite(text);
            }
            else
            {
                _lines.Writer.TryComplete();
            }
        };
        _process.BeginOutputReadLine();
        var listening = await ReadAsync();
        _port = int.Parse(listening.Split(' ')[1], CultureInfo.InvariantCulture);
    }

    /// <summary>Skips the test where there is no server.</summary>
    public void Need() => Assert.SkipUnless(_process is not null, $"There is no Node, or no npm package ocpp-rpc. Install both: apt-get install nodejs npm && {Install}.");

    /// <summary>What has happened next: a call of the station, or what a command reports.</summary>
    public async Task<string> ReadAsync() => await _lines.Reader.ReadAsync(Token);

    /// <summary>Answers the oldest call of the session.</summary>
    public Task AnswerAsync() => CommandAsync("answer");

    /// <summary>Gives the oldest call of the session no answer; it is not outstanding any more.</summary>
    public async Task LeaveAsync()
    {
        await CommandAsync("leave");
        Assert.Equal("left", await ReadAsync());
    }

    /// <summary>Drops the session, without a close frame.</summary>
    public Task DropAsync() => CommandAsync("drop");

    /// <summary>Calls the station.</summary>
    /// <returns>What it answers.</returns>
    public async Task<string> StartTransactionAsync(int connector)
    {
        await CommandAsync(string.Create(CultureInfo.InvariantCulture, $"start {connector}"));
        return await ReadAsync();
    }

    /// <summary>How many calls of one session were outstanding at a time, at most.</summary>
    public async Task<string> MostAsync()
    {
        await CommandAsync("most");
        return await ReadAsync();
    }

    public async ValueTask DisposeAsync()
    {
        if (_process is not null)
        {
            _process.StandardInput.Close();
            await _process.WaitForExitAsync(CancellationToken.None);
            _process.Dispose();
        }
    }

    private static string? Program() => (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator)
        .Select(static folder => Path.Combine(folder, "node")).FirstOrDefault(File.Exists);

    // In the folder of the repository, which is above that of the test.
    private static string? Packages()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            var packages = Path.Combine(folder.FullName, "artifacts", "node", "node_modules");
            if (Directory.Exists(Path.Combine(packages, "ocpp-rpc")))
            {
                return packages;
            }
        }

        return null;
    }

    private async Task CommandAsync(string line)
    {
        await _process!.StandardInput.WriteLineAsync(line.AsMemory(), Token);
        await _process.StandardInput.FlushAsync(Token);
    }
}
