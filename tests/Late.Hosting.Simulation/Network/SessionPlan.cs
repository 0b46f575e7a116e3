using Late.Hosting.Simulation.Worlds;

namespace Late.Hosting.Simulation.Network;

/// <summary>How a server behaves for the length of one connection.</summary>
internal sealed record SessionPlan
{
    private static readonly ServerAct[] s_early = [ServerAct.Message, ServerAct.Fragments, ServerAct.Ping, ServerAct.Controls, ServerAct.Close];

    public required LinkPlan Link { get; init; }

    public required bool AnswersPings { get; init; }

    public required bool AnswersClose { get; init; }

    /// <summary>Ends TCP after both close frames, as RFC 6455 §7.1.1 has it.</summary>
    public required bool EndsAfterClose { get; init; }

    public required int RepliesPercent { get; init; }

    public required TimeSpan ReplyDelay { get; init; }

    public required IReadOnlyList<(TimeSpan At, ServerAct Act)> Acts { get; init; }

    /// <summary>What comes with the answer to the upgrade.</summary>
    public required IReadOnlyList<ServerAct> Early { get; init; }

    /// <summary>What it sends for as long as the client reads; null for nothing.</summary>
    public required FloodPlan? Flood { get; init; }

    /// <summary>The flood begins with the first byte.</summary>
    public required bool BeginsWithFlood { get; init; }

    /// <summary>The server compresses messages.</summary>
    public required bool IsCompressed { get; init; }

    /// <summary>The same, and the first frames of the client wait.</summary>
    public SessionPlan ReadsLittle() => this with { Link = Link with { Window = 10 }, Acts = [.. Acts, (TimeSpan.Zero, ServerAct.Stall)] };

    /// <summary>The same, and the server speaks first, with its answer or a moment later.</summary>
    public SessionPlan SpeaksFirst(Dice dice) => dice.Chance(30)
        ? this with { Early = [ServerAct.Message, .. Early] }
        : this with { Acts = [.. Acts, (dice.Time(1, 300), ServerAct.Message)] };

    /// <param name="dice">Chance.</param>
    /// <param name="extras">Chance of its own, for what most sessions do not have.</param>
    /// <param name="trouble">From nothing (0) to much (3).</param>
    public static SessionPlan Draw(Dice dice, Dice extras, int trouble)
    {
        var acts = new List<(TimeSpan, ServerAct)>();
        for (var left = dice.Below(12); left > 0; left--)
        {
            acts.Add((dice.Chance(10) ? TimeSpan.Zero : dice.Time(1, 20_000), (ServerAct)dice.Weighted(40, 10, 15, 5, 20)));
        }

        for (var left = dice.Below(1 + trouble); left > 0; left--)
        {
            acts.Add((dice.Chance(10) ? TimeSpan.Zero : dice.Time(1, 30_000), ServerAct.Stall + dice.Weighted(25, 15, 25, 10, 15, 5, 5)));
        }

        var flood = extras.Chance(6) ? FloodPlan.Draw(extras) : null;
        var beginsWithFlood = flood is not null && extras.Chance(40);
        if (flood is not null && !beginsWithFlood)
        {
            acts.Add((extras.Time(1, 10_000), ServerAct.Endless));
        }

        for (var left = extras.Chance(10) ? extras.Between(1, 3) : 0; left > 0; left--)
        {
            acts.Add((extras.Time(1, 10_000), ServerAct.Controls));
        }

        if (extras.Chance(4))
        {
            acts.Add((extras.Time(1, 10_000), ServerAct.Backlog));
        }

        var link = LinkPlan.Draw(dice, trouble);
        return new SessionPlan
        {
            Link = link,
            AnswersPings = !dice.Chance(5 * trouble),
            AnswersClose = !dice.Chance(8 * trouble),
            EndsAfterClose = !dice.Chance(8 * trouble),
            RepliesPercent = dice.Pick(0, 50, 100, 100),
            ReplyDelay = dice.Chance(40) ? TimeSpan.Zero : dice.Time(1, 3000),
            Acts = acts,
            Early = [.. Enumerable.Range(0, extras.Chance(15) ? extras.Between(1, 4) : 0).Select(_ => s_early[extras.Weighted(40, 20, 20, 20, trouble)])],
            Flood = flood?.Over(link),
            BeginsWithFlood = beginsWithFlood,
            IsCompressed = extras.Chance(10),
        };
    }
}
