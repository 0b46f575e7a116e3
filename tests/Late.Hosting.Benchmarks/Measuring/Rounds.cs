namespace Late.Hosting.Benchmarks.Measuring;

/// <summary>Lets the contestants take turns: A B C, A B C, … so that what else the machine does hits all of them.</summary>
internal static class Rounds
{
    private static readonly TimeSpan s_warmUp = TimeSpan.FromSeconds(1);

    public static async Task<Results> RunAsync(Work work, Settings settings, ServerAddress server)
    {
        using var probe = await CountProbe.OpenAsync(server);
        var results = new Results();
        var contestants = work.Contestants.Where(contestant => settings.IncludesContestant(contestant.Key)).ToList();
        if (work.WarmsUp)
        {
            // The code is compiled, and compiled better, as it runs.
            foreach (var (_, measure) in contestants)
            {
                await measure(new Bench(server, probe, settings.Duration + s_warmUp));
            }
        }

        for (int round = 0; round < settings.Rounds; round++)
        {
            foreach (var (name, measure) in contestants)
            {
                results.Add(name, await measure(new Bench(server, probe, settings.Duration)));
            }
        }

        return results;
    }
}
