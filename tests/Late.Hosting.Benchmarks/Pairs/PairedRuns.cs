using System.Diagnostics;
using System.Globalization;

namespace Late.Hosting.Benchmarks.Pairs;

/// <summary>
/// Compares this build with another one by the CPU time of their operations: in each round both run, the one that runs first
/// changes from round to round. For each figure, the median of the rounds' ratios, this build to the other.
/// </summary>
internal static class PairedRuns
{
    private const double Confidence = 0.95;
    private const double MostOfLowerEnd = 1.03;

    public static async Task RunAsync(string otherProgram, int rounds, IReadOnlyList<string> figures)
    {
        if (!File.Exists(otherProgram))
        {
            throw new ArgumentException($"There is no {otherProgram}. Build the other version with -c Release, and give the path of its Late.Hosting.Benchmarks.dll.");
        }

        foreach (var figure in figures)
        {
            var (ours, others, ratios) = (new List<double>(), new List<double>(), new List<double>());
            for (var round = 0; round < rounds; round++)
            {
                if (round % 2 == 0)
                {
                    others.Add(await MeasureAsync(otherProgram, figure));
                    ours.Add(await MeasureAsync(typeof(PairedRuns).Assembly.Location, figure));
                }
                else
                {
                    ours.Add(await MeasureAsync(typeof(PairedRuns).Assembly.Location, figure));
                    others.Add(await MeasureAsync(otherProgram, figure));
                }

                ratios.Add(ours[^1] / others[^1]);
                Console.Error.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{figure} {round + 1}/{rounds}: {ours[^1]:0.0} ns, {others[^1]:0.0} ns, {ratios[^1]:0.000}"));
            }

            ratios.Sort();
            var (low, high, covered) = Interval(rounds);
            Console.WriteLine(string.Create(
                CultureInfo.InvariantCulture,
                $"{figure}: median ratio {Median(ratios):0.000}, {covered:0.0 %} interval {ratios[low]:0.000} to {ratios[high]:0.000} ({Median(ours):0.0} ns against {Median(others):0.0} ns, {rounds} pairs)"));
            Environment.ExitCode |= ratios[low] > MostOfLowerEnd ? 1 : 0;
        }
    }

    /// <summary>
    /// The indices of the sorted values between which the median lies with the confidence, or as nearly so as so few values
    /// allow, and how surely it does: between the k-th smallest and the k-th largest of n, by the binomial distribution of the
    /// number of values below the median.
    /// </summary>
    internal static (int Low, int High, double Covered) Interval(int count)
    {
        var term = Math.Pow(0.5, count);
        var (low, outside) = (0, 2 * term);
        for (var below = 1; below < count / 2; below++)
        {
            term *= (count - below + 1) / (double)below;
            if (outside + (2 * term) > 1 - Confidence)
            {
                break;
            }

            (low, outside) = (below, outside + (2 * term));
        }

        return (low, count - 1 - low, 1 - outside);
    }

    internal static double Median(IEnumerable<double> values)
    {
        var sorted = values.Order().ToList();
        return (sorted[(sorted.Count - 1) / 2] + sorted[sorted.Count / 2]) / 2;
    }

    private static async Task<double> MeasureAsync(string program, string figure)
    {
        var start = new ProcessStartInfo("dotnet", [program, "--cpu", figure]) { RedirectStandardOutput = true };
        using var process = Process.Start(start)!;
        var output = await process.StandardOutput.ReadToEndAsync();
        await process.WaitForExitAsync();
        return process.ExitCode == 0
            ? double.Parse(output, CultureInfo.InvariantCulture)
            : throw new InvalidOperationException($"{program} --cpu {figure} ended with {process.ExitCode}.");
    }
}
