using System.Diagnostics;
using System.Globalization;
using System.Text.RegularExpressions;
using Late.Hosting.Mutations.Table;

namespace Late.Hosting.Mutations.Running;

/// <summary>Builds what finds bugs, and runs it until it has found one or its time is over.</summary>
/// <param name="sources">What is built.</param>
/// <param name="settings">For how long, and from which seed.</param>
internal sealed partial class Tool(Sources sources, Settings settings)
{
    private const string Library = "Late.Hosting";
    private const int Killed = 137;

    // The last seed that begins in a tool's time ends after it, on a busy machine much later.
    private static readonly TimeSpan s_afterTime = TimeSpan.FromMinutes(3);

    private static readonly TimeSpan s_longestBuild = TimeSpan.FromMinutes(10);

    private static readonly string s_output = Path.Combine("bin", "Release", "net10.0");

    private readonly HashSet<string> _built = [];
    private string? _hung;

    /// <summary>Builds a tool; when it is there, only the library that it tries.</summary>
    /// <returns>Why it cannot be built; null where it can.</returns>
    public string? Build(Finder finder)
    {
        if (!_built.Contains(finder.Project))
        {
            if (Build(Project(finder), []) is { } failure)
            {
                return failure;
            }

            _built.Add(finder.Project);
            return null;
        }

        var library = Path.Combine(sources.Path, "src", Library);
        if (Build(library, ["--no-restore", "--no-dependencies", "-p:GenerateDocumentationFile=false"]) is { } problem)
        {
            return problem;
        }

        File.Copy(Path.Combine(library, s_output, $"{Library}.dll"), Path.Combine(Project(finder), s_output, $"{Library}.dll"), overwrite: true);
        return null;
    }

    /// <summary>Looks for a bug.</summary>
    public Find? Look(Finder finder)
    {
        var (clock, lines, hasStarted) = (Stopwatch.StartNew(), 0, finder.TestClass is null);
        Find? find = null;
        var program = Path.Combine(Project(finder), s_output, finder.Project);
        var time = finder.TestClass is null ? settings.Time + s_afterTime : settings.Time;
        var code = Execute(program, Arguments(finder), time, line =>
        {
            lines++;
            hasStarted |= line.StartsWith("  Starting:", StringComparison.Ordinal);
            find = Read(line) is var (seed, what) ? new Find(seed, what, clock.Elapsed) : null;
            return find is null;
        });

        // A test class that cannot be run finds nothing.
        return find ?? (code == 0 || !hasStarted ? null : new Find("", code is null ? "it does not end" : _hung ?? $"it ended with {code} after {lines} lines", clock.Elapsed));
    }

    private string? Build(string project, IEnumerable<string> arguments)
    {
        // The warnings of a mutation are its own: without analyzers it is built in a third of the time.
        var errors = new List<string>();
        var code = Execute(
            "dotnet",
            ["build", project, "-c", "Release", "--nologo", "-v", "q", "-clp:NoSummary", "-p:RunAnalyzers=false", "-p:TreatWarningsAsErrors=false", "-p:EnforceCodeStyleInBuild=false", .. arguments],
            s_longestBuild,
            line =>
            {
                if (line.Contains(": error ", StringComparison.Ordinal))
                {
                    errors.Add(line);
                }

                return true;
            });
        return code == 0 ? null : errors.FirstOrDefault() ?? $"dotnet build ended with {code}";
    }

    private string Project(Finder finder) => Path.Combine(sources.Path, "tests", finder.Project);

    private string[] Arguments(Finder finder)
    {
        if (finder.TestClass is { } testClass)
        {
            return ["-class", testClass, "-noColor"];
        }

        string[] time = ["--seconds", settings.Time.TotalSeconds.ToString(CultureInfo.InvariantCulture), "--failures", "1"];
        string[] from = settings.From is { } seed ? ["--from", seed] : [];

        // One process of the simulation: the same seed finds it each time.
        return finder == Finder.Simulation ? [.. time, .. from, "--workers", "1"] : [.. time, .. from];
    }

    /// <summary>The seed or test that fails, and what it reports; null where the line has none.</summary>
    private static (string Seed, string What)? Read(string line)
    {
        if (Failed().Match(line) is { Success: true } failed)
        {
            return (failed.Groups[1].Value, failed.Groups[2].Value);
        }

        if (DoesNotEnd().Match(line) is { Success: true } endless)
        {
            return (endless.Groups[1].Value, "it does not end: it goes round in circles");
        }

        return FailedTest().Match(line) is { Success: true } test ? ("", test.Groups[1].Value) : null;
    }

    /// <summary>Runs a program until it ends, its time is over, or a line of it is enough.</summary>
    /// <returns>How it ended; null where it was ended.</returns>
    private int? Execute(string program, string[] arguments, TimeSpan time, Func<string, bool> continues)
    {
        var start = new ProcessStartInfo(program, arguments) { WorkingDirectory = sources.Path, RedirectStandardOutput = true, RedirectStandardError = true };

        // A test that the bug hangs fails, and is named.
        start.Environment["LATE_TEST_LIMIT"] = (settings.Time / 4).TotalMilliseconds.ToString("0", CultureInfo.InvariantCulture);
        _hung = null;
        using var process = Process.Start(start)!;
        process.ErrorDataReceived += (_, line) =>
        {
            if (Hung().Match(line.Data ?? "") is { Success: true } hung)
            {
                _hung = $"it does not end: {hung.Groups[1].Value}";
            }
        };
        process.BeginErrorReadLine();
        using var clock = new Timer(_ => End(process), null, time, Timeout.InfiniteTimeSpan);
        var isOver = false;
        while (process.StandardOutput.ReadLine() is { } line)
        {
            if (!isOver && !continues(line))
            {
                isOver = true;
                End(process);
            }
        }

        process.WaitForExit();
        return isOver || process.ExitCode == Killed ? null : process.ExitCode;
    }

    private static void End(Process process)
    {
        try
        {
            process.Kill(entireProcessTree: true);
        }
        catch (InvalidOperationException)
        {
            // It has ended.
        }
    }

    [GeneratedRegex("^FAILED +seed ([0-9]+)[^:]*: (.*)")]
    private static partial Regex Failed();

    [GeneratedRegex("^seed ([0-9]+) does not end")]
    private static partial Regex DoesNotEnd();

    /// <summary>What the hang guard reports of a test that does not end although it is canceled.</summary>
    [GeneratedRegex("Not ended: (.*)\\.$")]
    private static partial Regex Hung();

    [GeneratedRegex("^ +([^ ].*) \\[FAIL\\]")]
    private static partial Regex FailedTest();
}
