using System.Diagnostics;
using System.Globalization;

namespace Late.Hosting.Simulation.Running;

/// <summary>
/// Runs this program again, in a process of one thread for each processor, and shares the seeds out among them.
/// </summary>
internal static class Workers
{
    public static int Run(Settings settings, IReadOnlyList<string> args)
    {
        var count = settings.Seed is null ? settings.Workers ?? Environment.ProcessorCount : 1;
        var workers = Enumerable.Range(0, count).Select(index => Start(settings, args, index, count)).ToArray();
        var code = 0;
        foreach (var worker in workers)
        {
            using (worker)
            {
                worker.WaitForExit();
                code = Math.Max(code, worker.ExitCode);
            }
        }

        return settings.CountsPairs && !PrintPairs(count) ? Math.Max(code, 1) : code;
    }

    private static string PairsFile(int worker) => Path.Combine(Path.GetTempPath(), $"late-pairs-{Environment.ProcessId}-{worker}");

    private static bool PrintPairs(int workers)
    {
        var all = new PairCounts();
        foreach (var path in Enumerable.Range(0, workers).Select(PairsFile).Where(File.Exists))
        {
            all.Add(path);
            File.Delete(path);
        }

        return all.Print();
    }

    private static Process Start(Settings settings, IReadOnlyList<string> args, int index, int count)
    {
        var start = new ProcessStartInfo(Environment.ProcessPath!);
        start.Environment[OneThread.Variable] = "1";
        foreach (var argument in (string[])[.. args, "--from", Text(settings.From + (ulong)index), "--step", Text((ulong)count)])
        {
            start.ArgumentList.Add(argument);
        }

        if (settings.CountsPairs)
        {
            start.ArgumentList.Add("--pairs-to");
            start.ArgumentList.Add(PairsFile(index));
        }

        if (index == 0)
        {
            start.ArgumentList.Add("--regressions");
        }

        if (settings.Seeds is { } seeds)
        {
            start.ArgumentList.Add("--seeds");
            start.ArgumentList.Add(Text((seeds + (ulong)(count - 1 - index)) / (ulong)count));
        }

        return Process.Start(start)!;
    }

    private static string Text(ulong number) => number.ToString(CultureInfo.InvariantCulture);
}
