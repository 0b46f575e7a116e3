using Late.Hosting.Simulation.Worlds;

namespace Late.Hosting.Simulation.Network;

/// <summary>What a network does to the bytes of one connection.</summary>
internal sealed record LinkPlan
{
    public required TimeSpan Latency { get; init; }

    /// <summary>How many bytes may be on their way to the server before a write waits.</summary>
    public required int Window { get; init; }

    public required int MostBytesPerRead { get; init; }

    /// <summary>The largest piece in which the server's bytes come.</summary>
    public required int MostBytesPerPiece { get; init; }

    /// <summary>How many of a hundred reads and writes that can are done synchronously.</summary>
    public required int SynchronousPercent { get; init; }

    /// <summary>The connection is reset when so many bytes have come from the server; null for never.</summary>
    public required int? BreaksAfterReceived { get; init; }

    /// <summary>The connection is reset when so many bytes of the client have gone.</summary>
    public required int? BreaksAfterSent { get; init; }

    public static LinkPlan Draw(Dice dice, int trouble) => new()
    {
        Latency = dice.Chance(30) ? TimeSpan.Zero : dice.Time(1, 200),
        Window = dice.Chance(10 * trouble) ? dice.Between(200, 2000) : 256 * 1024,
        MostBytesPerRead = dice.Chance(15) ? dice.Between(1, 40) : int.MaxValue,
        MostBytesPerPiece = dice.Chance(15) ? dice.Between(1, 60) : int.MaxValue,
        SynchronousPercent = dice.Pick(0, 50, 90, 100),
        BreaksAfterReceived = dice.Chance(4 * trouble) ? dice.Between(0, 3000) : null,
        BreaksAfterSent = dice.Chance(4 * trouble) ? dice.Between(0, 3000) : null,
    };
}
