namespace Late.Hosting.Benchmarks.Measuring;

/// <summary>Lets the contestants take turns: A B C, A B C, … so that what else the machine does hits all of them.</summary>
internal static class Rounds
{
    private static readonly TimeSpan s_warmUp = TimeSpan.FromSeconds(1);

    public static async Task<Results> RunAsync(Work work, Settings settings, ServerAddress server)
    {
        using var probe = await CountProbe.OpenAsync(server);
        var results = new Results();
        for (int round = 0; round <= settings.Rounds; round++)
        {
            // The round before the first warms up: the code is compiled, and compiled better, as it runs.
            var duration = round > 0 ? settings.Duration : settings.Duration + s_warmUp;
            foreach (var (name, create) in work.Contestants.Where(contestant => settings.IncludesContestant(contestant.Key)))
            {
                var figures = await Observation.TakeAsync(create(), probe, server, duration);
                if (round > 0)
                {
                    results.Add(name, figures);
                }
            }
        }

        return results;
    }
}
