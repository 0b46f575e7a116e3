using System.Diagnostics;
using System.Globalization;
using System.Threading.Channels;

namespace Late.Hosting.IntegrationTests.Support;

/// <summary>
/// A server of an npm package in a process of its own, which reads commands and writes what happens, each in a line. Where Node or a package is missing, its tests
/// are skipped, and report it.
/// </summary>
/// <param name="script">Its program, in the folder of the test's assembly.</param>
/// <param name="install">The npm packages that it needs, with their versions.</param>
public abstract class NodeServer(string script, string install) : IAsyncLifetime
{
    private readonly Channel<string> _lines = Channel.CreateUnbounded<string>();
    private Process? _process;

    /// <summary>The port on which it listens.</summary>
    protected int Port { get; private set; }

    private protected static CancellationToken Token => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        if (Program() is not { } node || Packages() is not { } packages)
        {
            return;
        }

        var start = new ProcessStartInfo(node, [Path.Combine(AppContext.BaseDirectory, script)])
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
        Port = int.Parse(listening.Split(' ')[1], CultureInfo.InvariantCulture);
    }

    /// <summary>Skips the test where there is no server.</summary>
    public void Need() => Assert.SkipUnless(
        _process is not null, $"There is no Node, or no npm package of {install}. Install both: apt-get install nodejs npm && npm install --prefix artifacts/node {install}.");

    /// <summary>What has happened next, or what a command reports.</summary>
    public async Task<string> ReadAsync() => await _lines.Reader.ReadAsync(Token);

    public async ValueTask DisposeAsync()
    {
        if (_process is not null)
        {
            _process.StandardInput.Close();
            await _process.WaitForExitAsync(CancellationToken.None);
            _process.Dispose();
        }

        GC.SuppressFinalize(this);
    }

    protected async Task CommandAsync(string line)
    {
        await _process!.StandardInput.WriteLineAsync(line.AsMemory(), Token);
        await _process.StandardInput.FlushAsync(Token);
    }

    private static string? Program() => (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator)
        .Select(static folder => Path.Combine(folder, "node")).FirstOrDefault(File.Exists);

    // In the folder of the repository, which is above that of the test.
    private string? Packages()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            var packages = Path.Combine(folder.FullName, "artifacts", "node", "node_modules");
            if (install.Split(' ').All(package => Directory.Exists(Path.Combine(packages, package.Split('@')[0]))))
            {
                return packages;
            }
        }

        return null;
    }
}
