namespace Late.Hosting.Benchmarks.Measuring;

/// <summary>Lets the contestants take turns: A B C, A B C, … so that what else the machine does hits all of them.</summary>
internal static class Rounds
{
    public static async Task<Results> RunAsync(Work work, Settings settings, ServerAddress server)
    {
        using var probe = await CountProbe.OpenAsync(server);
        var results = new Results();
        for (int round = 0; round <= settings.Rounds; round++)
        {
            foreach (var (name, create) in work.Contestants.Where(contestant => settings.IncludesContestant(contestant.Key)))
            {
                var figures = await Observation.TakeAsync(create(), probe, server, settings.Duration);
                if (round > 0)
                {
                    // The round before the first warms up: the code is compiled, and compiled better, as it runs.
                    results.Add(name, figures);
                }
            }
        }

        return results;
    }
}
