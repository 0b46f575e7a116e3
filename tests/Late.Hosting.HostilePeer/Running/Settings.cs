using System.Globalization;

namespace Late.Hosting.HostilePeer.Running;

/// <summary>What the command line asks for.</summary>
internal sealed record Settings
{
    private const string Usage = """
        Plays drawn attacks against a real client over TCP on loopback, and checks from outside what it promises.

          --seconds 60            as many seeds as go into the time
          --seeds 1000            so many seeds
          --from 1                the first seed; without it one that the clock draws
          --seed 42               one seed, its script and what happened
          --failures 10           so many failures end it
          --workers 2             so many processes; two for each processor by default
          --mix pings             one flood at full speed, and what memory it keeps: pings, pongs, fragments, messages, compressed, everything
          --minutes 10            for how long
        """;

    public TimeSpan? Time { get; init; }

    public ulong? Seeds { get; init; }

    public ulong? From { get; init; }

    public ulong? Seed { get; init; }

    public int? Workers { get; init; }

    /// <summary>How many failures end the run.</summary>
    public int MostFailures { get; init; } = 10;

    public string? Mix { get; init; }

    public double Minutes { get; init; } = 10;

    /// <summary>True in a process that gets its seeds line by line.</summary>
    public bool IsWorker { get; init; }

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
                    "--workers" => settings with { Workers = (int)Number(args[++i]) },
                    "--failures" => settings with { MostFailures = (int)Number(args[++i]) },
                    "--mix" => settings with { Mix = args[++i] },
                    "--minutes" => settings with { Minutes = double.Parse(args[++i], CultureInfo.InvariantCulture) },
                    "--worker" => settings with { IsWorker = true },
                    _ => throw new FormatException(),
                };
            }

            if (settings.Mix is { } mix && !MixRun.Names.Contains(mix))
            {
                throw new FormatException();
            }

            return settings is { Seed: null, Seeds: null, Time: null, Mix: null, IsWorker: false } ? throw new FormatException() : settings;
        }
        catch (Exception exception) when (exception is FormatException or ArgumentOutOfRangeException or OverflowException)
        {
            Console.Error.WriteLine(Usage);
            return null;
        }
    }

    private static ulong Number(string text) => ulong.Parse(text, CultureInfo.InvariantCulture);
}
