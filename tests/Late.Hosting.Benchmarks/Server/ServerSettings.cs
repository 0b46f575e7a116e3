using System.Globalization;

namespace Late.Hosting.Benchmarks.Server;

/// <summary>What the server's command line specifies.</summary>
internal sealed record ServerSettings
{
    /// <summary>True where client and server share one core.</summary>
    public bool IsPinned { get; init; }

    /// <summary>The port that speaks HTTP/1.1; 0 for a free one.</summary>
    public int HttpPort { get; init; }

    /// <summary>How many streams one connection of HTTP/2 may carry; 100 is Kestrel's own default.</summary>
    public int StreamsPerConnection { get; init; } = 100;

    public static ServerSettings Parse(IReadOnlyList<string> arguments) => new()
    {
        IsPinned = bool.Parse(arguments[0]),
        HttpPort = int.Parse(arguments[1], CultureInfo.InvariantCulture),
        StreamsPerConnection = int.Parse(arguments[2], CultureInfo.InvariantCulture),
    };

    public IEnumerable<string> ToArguments() =>
        [$"{IsPinned}", HttpPort.ToString(CultureInfo.InvariantCulture), StreamsPerConnection.ToString(CultureInfo.InvariantCulture)];
}
