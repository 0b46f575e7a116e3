namespace Late.Hosting.HostilePeer.Scripts;

/// <summary>Draws sessions and their parts.</summary>
internal static class DrawnSessions
{
    public static AttemptPlan Closed(Dice dice) => new(Answer.Upgrade)
    {
        Steps = [.. Beginning(dice), .. End(dice)],
        WritesWithHead = dice.Chance(30),
        Pongs = dice.Weighted((70, PongKind.All), (15, PongKind.EverySecond), (15, PongKind.None)),
        IgnoresClose = dice.Chance(10),
    };

    public static Step Flood(Dice dice, FloodKind kind) => new(StepKind.Flood)
    {
        Flood = kind,
        Size = kind switch
        {
            FloodKind.LargeMessages => dice.Pick(1000, 8000, 16000),
            FloodKind.CompressedZeros => dice.Pick(1000, 16000),
            FloodKind.EmptyFragments or FloodKind.EmptyMessages or FloodKind.EmptyMessageAndPongs => 0,
            FloodKind.SmallMessages or FloodKind.CompressedMessages or FloodKind.CompressedMix => dice.Pick(1, 16, 100),
            _ => dice.Pick(0, 0, 1, 125),
        },
        WriteSize = dice.Chance(15) ? dice.Pick(1, 100, 1460) : 0,
        ToTheEnd = dice.Chance(40),
    };

    public static IEnumerable<Step> Beginning(Dice dice)
    {
        var steps = new List<Step>();
        for (var left = dice.Between(0, 3); left > 0; left--)
        {
            steps.Add(dice.Weighted<Step>(
                (4, Messages(dice, StepKind.Messages)), (2, Messages(dice, StepKind.FragmentedMessages)), (2, Messages(dice, StepKind.CompressedMessages)),
                (2, new(StepKind.AwaitReady)), (1, new(StepKind.FinalBlock) { Count = dice.Between(1, 3) }),
                (1, new(StepKind.Pause) { Count = dice.Between(1, 10) }), (1, new(StepKind.PingBurst) { Count = dice.Between(1, 50), Size = dice.Between(1, 125) })));
        }

        return steps;
    }

    public static IEnumerable<Step> End(Dice dice)
    {
        var kind = dice.Pick(
            StepKind.Fin, StepKind.Reset, StepKind.Stall, StepKind.Close, StepKind.Close, StepKind.CloseWithoutCode, StepKind.CloseWithBadCode, StepKind.CloseWithOneByte,
            StepKind.CloseWithBadReason, StepKind.CloseThenData, StepKind.CloseTwice, StepKind.CloseThenFin, StepKind.CloseThenReset, StepKind.CutThenFin, StepKind.CutThenReset,
            StepKind.CutThenStall, StepKind.BadFrame, StepKind.FinOnMessage, StepKind.ResetOnMessage, StepKind.CloseOnMessage, StepKind.Hold);
        if (dice.Chance(10))
        {
            yield return new(StepKind.Deafen);
        }

        yield return kind switch
        {
            StepKind.BadFrame => new Step(kind) { Count = dice.Below(8) },
            StepKind.CutThenFin or StepKind.CutThenReset or StepKind.CutThenStall => new Step(kind) { Size = dice.Between(1, 30) },
            StepKind.CloseWithBadCode => new Step(kind) { Count = dice.Pick(0, 999, 1004, 1005, 1006, 1015, 2999, 5000, 65535) },
            _ => new Step(kind) { Count = dice.Pick(1000, 1001, 1003, 1008, 1011, 1012, 1013, 3000, 4000, 4999) },
        };
    }

    // Large counts are the backlog that a slow handler has before it.
    private static Step Messages(Dice dice, StepKind kind) => new(kind)
    {
        Count = dice.Pick(1, 3, 20, 200, 1500),
        Size = dice.Pick(0, 10, 100),
        WriteSize = dice.Chance(15) ? dice.Pick(1, 7, 100) : 0,
    };
}
