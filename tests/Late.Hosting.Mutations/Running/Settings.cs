using System.Globalization;

namespace Late.Hosting.Mutations.Running;

/// <summary>What the command line asks for.</summary>
internal sealed record Settings
{
    private const string Usage = """
        Puts one bug after the other into a copy of the sources, and shows which tool finds it, after how long.

          --all                   every mutation of the table, and each tool without one
          --only A,B              those whose name contains one of these
          --finder NAME           those that this tool finds: Simulation, HostilePeer, or a test class
          --list                  names them, and checks that each still fits the sources; nothing is built
          --seconds 60            how long a tool may look for one
          --from 1                the first seed of a tool that draws seeds
          --source PATH           the sources to be mutated; by default those of this repository
          --copy PATH             where the copy is kept for the next run, which then builds only what has changed
        """;

    public bool IsAll { get; private init; }

    public bool IsList { get; private init; }

    public IReadOnlyList<string> Only { get; private init; } = [""];

    public string Finder { get; private init; } = "";

    public TimeSpan Time { get; private init; } = TimeSpan.FromSeconds(60);

    /// <summary>The first seed; null where the tool decides.</summary>
    public string? From { get; private init; }

    public string? Source { get; private init; }

    /// <summary>Where the copy is kept; null where it is deleted.</summary>
    public string? Copy { get; private init; }

    /// <summary>Null, and a word on the console, where the arguments are wrong.</summary>
    public static Settings? Parse(IReadOnlyList<string> args)
    {
        var (settings, isAsked) = (new Settings(), false);
        try
        {
            for (var i = 0; i < args.Count; i++)
            {
                isAsked |= args[i] is "--all" or "--only" or "--finder" or "--list";
                settings = args[i] switch
                {
                    "--all" => settings with { IsAll = true },
                    "--only" => settings with { Only = args[++i].Split(',') },
                    "--finder" => settings with { Finder = args[++i] },
                    "--list" => settings with { IsList = true },
                    "--seconds" => settings with { Time = TimeSpan.FromSeconds(int.Parse(args[++i], CultureInfo.InvariantCulture)) },
                    "--from" => settings with { From = args[++i] },
                    "--source" => settings with { Source = args[++i] },
                    "--copy" => settings with { Copy = args[++i] },
                    _ => throw new FormatException(),
                };
            }

            return isAsked ? settings : throw new FormatException();
        }
        catch (Exception exception) when (exception is FormatException or ArgumentOutOfRangeException or OverflowException)
        {
            Console.Error.WriteLine(Usage);
            return null;
        }
    }
}
