using System.Globalization;

namespace Late.Hosting.Simulation.Running;

/// <summary>What the command line asks for.</summary>
internal sealed record Settings
{
    private const string Usage = """
        Runs a deterministic simulation of whole connections, another for each seed, and checks every promise.

          --seconds 60            as many worlds as go into the time
          --seeds 1000            so many worlds
          --from 1                the first seed
          --seed 42               one world, and its trace
          --verify                each world twice, in another order: its trace must be the same
          --failures 10           so many failures end it
          --workers 2             so many processes; one for each processor by default
          --pairs                 how often each event came in each phase of the lifecycle; fails where one came too seldom, or one that no world can have
        """;

    public TimeSpan? Time { get; init; }

    public ulong? Seeds { get; init; }

    public ulong From { get; init; } = 1;

    public ulong? Seed { get; init; }

    public bool Verifies { get; init; }

    public int? Workers { get; init; }

    /// <summary>How many failures end the run.</summary>
    public int MostFailures { get; init; } = 10;

    /// <summary>The first of several processes runs the seeds that once found a bug.</summary>
    public bool RunsRegressions { get; init; }

    /// <summary>Prints how often each event came in each phase.</summary>
    public bool CountsPairs { get; init; }

    /// <summary>Where one of several processes leaves its counts of them.</summary>
    public string? PairsFile { get; init; }

    /// <summary>The distance from one seed of this process to its next.</summary>
    public ulong Step { get; init; } = 1;

    /// <summary>Null, and a word on the console, where the arguments are wrong.</summary>
    public static Settings? Parse(IReadOnlyList<string> args)
    {
        var settings = new Settings();
        try
        {
            for (var i = 0; i < args.Count; i++)
            {
                settings = args[i] switch
                {
                    "--seconds" => settings with { Time = TimeSpan.FromSeconds(Number(args[++i])) },
                    "--seeds" => settings with { Seeds = Number(args[++i]) },
                    "--from" => settings with { From = Number(args[++i]) },
                    "--seed" => settings with { Seed = Number(args[++i]) },
                    "--step" => settings with { Step = Number(args[++i]) },
                    "--workers" => settings with { Workers = (int)Number(args[++i]) },
                    "--failures" => settings with { MostFailures = (int)Number(args[++i]) },
                    "--regressions" => settings with { RunsRegressions = true },
                    "--pairs" => settings with { CountsPairs = true },
                    "--pairs-to" => settings with { PairsFile = args[++i] },
                    "--verify" => settings with { Verifies = true },
                    _ => throw new FormatException(),
                };
            }

            return settings.Seed is null && settings.Seeds is null && settings.Time is null ? throw new FormatException() : settings;
        }
        catch (Exception exception) when (exception is FormatException or ArgumentOutOfRangeException or OverflowException)
        {
            Console.Error.WriteLine(Usage);
            return null;
        }
    }

    private static ulong Number(string text) => ulong.Parse(text, CultureInfo.InvariantCulture);
}
