using Late.Hosting.Simulation.Worlds;

namespace Late.Hosting.Simulation.Network;

/// <summary>How a server behaves for the length of one connection.</summary>
internal sealed record SessionPlan
{
    public required LinkPlan Link { get; init; }

    public required bool AnswersPings { get; init; }

    public required bool AnswersClose { get; init; }

    /// <summary>Ends TCP after both close frames, as RFC 6455 §7.1.1 has it.</summary>
    public required bool EndsAfterClose { get; init; }

    public required int RepliesPercent { get; init; }

    public required TimeSpan ReplyDelay { get; init; }

    public required IReadOnlyList<(TimeSpan At, ServerAct Act)> Acts { get; init; }

    public static SessionPlan Draw(Dice dice, int trouble)
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

        return new SessionPlan
        {
            Link = LinkPlan.Draw(dice, trouble),
            AnswersPings = !dice.Chance(5 * trouble),
            AnswersClose = !dice.Chance(8 * trouble),
            EndsAfterClose = !dice.Chance(8 * trouble),
            RepliesPercent = dice.Pick(0, 50, 100, 100),
            ReplyDelay = dice.Chance(40) ? TimeSpan.Zero : dice.Time(1, 3000),
            Acts = acts,
        };
    }
}
