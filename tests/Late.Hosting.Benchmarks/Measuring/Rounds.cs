namespace Late.Hosting.Benchmarks.Measuring;

/// <summary>Alternates between the contestants: A B C, A B C, … so that what else the machine does hits all of them.</summary>
internal static class Rounds
{
    private static readonly TimeSpan s_warmUp = TimeSpan.FromSeconds(3);

    public static async Task<Results> RunAsync(Work work, Settings settings, ServerAddress server)
    {
        using var probe = await CountProbe.OpenAsync(server);
        var results = new Results();
        var contestants = work.Contestants.Where(contestant => settings.IncludesContestant(contestant.Key)).ToList();
        if (work.WarmsUp)
        {
            // The code is compiled, and compiled better, as it runs.
            foreach (var (name, measure) in contestants)
            {
                await MeasureAsync(work, name, measure, new Bench(server, probe, settings.Duration + s_warmUp, settings));
            }
        }

        for (int round = 0; round < Math.Min(settings.Rounds, work.MostRounds); round++)
        {
            foreach (var (name, measure) in contestants)
            {
                if (await MeasureAsync(work, name, measure, new Bench(server, probe, settings.Duration, settings)) is { } figures)
                {
                    results.Add(name, figures);
                }
            }
        }

        return results;
    }

    /// <summary>Measures, for at most a while. A round that fails does not count; the others do.</summary>
    private static async Task<Dictionary<string, double>?> MeasureAsync(Work work, string name, Measurement measure, Bench bench)
    {
        try
        {
            return await measure(bench).WaitAsync(bench.Duration + work.Grace, TimeProvider.System);
        }
        catch (Exception exception)
        {
            Console.Error.WriteLine($"{work.Name}, {name}: a round failed: {exception.GetType().Name}: {exception.Message}");
            Environment.ExitCode = 1;
            return null;
        }
    }
}
