using System.Diagnostics;
using System.Text.Json;

namespace Late.Hosting.Benchmarks.Measuring;

/// <summary>Measures in a process of its own, which holds nothing else.</summary>
internal static class ChildProcess
{
    /// <summary>Starts this program with arguments that make it measure and <see cref="Report"/>.</summary>
    public static async Task<Dictionary<string, double>> MeasureAsync(IEnumerable<string> arguments)
    {
        var start = Self.Start(arguments);
        start.RedirectStandardOutput = true;
        using var process = Process.Start(start)!;
        var figures = await process.StandardOutput.ReadToEndAsync();
        await process.WaitForExitAsync();
        return process.ExitCode == 0
            ? JsonSerializer.Deserialize<Dictionary<string, double>>(figures)!
            : throw new InvalidOperationException($"The process that measures '{string.Join(' ', arguments)}' ended with {process.ExitCode}.");
    }

    /// <summary>Reports, in the started process, what it has measured.</summary>
    public static void Report(Dictionary<string, double> figures) => Console.WriteLine(JsonSerializer.Serialize(figures));
}
