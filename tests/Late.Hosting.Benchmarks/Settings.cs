using System.Globalization;
using Late.Hosting.Benchmarks.Measuring;

namespace Late.Hosting.Benchmarks;

/// <summary>What the command line specifies.</summary>
internal sealed record Settings
{
    public int Rounds { get; init; } = 5;

    public TimeSpan Duration { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>The groups of work, or words of their names; empty for all.</summary>
    public IReadOnlyList<string> Only { get; init; } = [];

    /// <summary>The contestants; empty for all.</summary>
    public IReadOnlyList<string> Contestants { get; init; } = [];

    /// <summary>How many connections are many.</summary>
    public int Connections { get; init; } = 10_000;

    /// <summary>How many streams the server takes over one connection of HTTP/2.</summary>
    public int Streams { get; init; } = 100;

    /// <summary>How long a server is away that restarts.</summary>
    public TimeSpan Away { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>Where the figures of all rounds go.</summary>
    public string? JsonFile { get; init; }

    /// <summary>What listens to the connections' metrics meanwhile: <c>meter</c>, <c>otel</c>, or nothing.</summary>
    public string? Listener { get; init; }

    /// <summary>True in the process that runs on one core.</summary>
    public bool IsPinned { get; init; }

    public static Settings Parse(IReadOnlyList<string> arguments)
    {
        var settings = new Settings();
        for (int i = 0; i < arguments.Count; i++)
        {
            string Value() => ++i < arguments.Count ? arguments[i] : throw new ArgumentException($"{arguments[i - 1]} wants a value.");
            settings = arguments[i] switch
            {
                "--rounds" => settings with { Rounds = int.Parse(Value(), CultureInfo.InvariantCulture) },
                "--seconds" => settings with { Duration = TimeSpan.FromSeconds(double.Parse(Value(), CultureInfo.InvariantCulture)) },
                "--only" => settings with { Only = Value().Split(',', StringSplitOptions.TrimEntries) },
                "--contestants" => settings with { Contestants = Value().Split(',', StringSplitOptions.TrimEntries) },
                "--connections" => settings with { Connections = int.Parse(Value(), CultureInfo.InvariantCulture) },
                "--streams" => settings with { Streams = int.Parse(Value(), CultureInfo.InvariantCulture) },
                "--away" => settings with { Away = TimeSpan.FromSeconds(double.Parse(Value(), CultureInfo.InvariantCulture)) },
                "--json" => settings with { JsonFile = Value() },
                "--listen" => settings with { Listener = Value() },
                "--pinned" => settings with { IsPinned = true },
                var other => throw new ArgumentException(
                    $"{other} is unknown. There are --only GROUP,… --contestants NAME,… --rounds N --seconds S --connections N --streams N --away S --json FILE --listen meter|otel, and alone --page, --micro [FILTER], --cpu receive|receive-base|receive-json|receive-typed|call|connect, or --pairs OTHER_DLL --rounds N [FIGURE …]."),
            };
        }

        return settings;
    }

    /// <summary>The same for another process.</summary>
    public IEnumerable<string> ToArguments() =>
    [
        "--rounds", Rounds.ToString(CultureInfo.InvariantCulture),
        "--seconds", Duration.TotalSeconds.ToString(CultureInfo.InvariantCulture),
        .. Only.Count > 0 ? (string[])["--only", string.Join(',', Only)] : [],
        .. Listener is { } listener ? (string[])["--listen", listener] : [],
        .. Contestants.Count > 0 ? (string[])["--contestants", string.Join(',', Contestants)] : [],
    ];

    public bool Includes(Work work) =>
        Only.Count == 0 || Only.Any(word => word == work.Group || work.Name.Contains(word, StringComparison.Ordinal));

    public bool IncludesContestant(string name) =>
        Contestants.Count == 0 || Contestants.Any(word => name.Contains(word, StringComparison.OrdinalIgnoreCase));
}
