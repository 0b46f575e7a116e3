namespace Late.Hosting.HostilePeer.Scripts;

/// <summary>Draws what happens to the attempts of a client, after one of several themes.</summary>
internal static class DrawnAttempts
{
    private static readonly Step s_ready = new(StepKind.AwaitReady);

    public static IReadOnlyList<AttemptPlan> Of(Dice dice, WireKind wire, ProxyKind proxy, out Needs needs)
    {
        if (proxy == ProxyKind.Refusing)
        {
            needs = new Needs { IsReadySoon = true, ShortDelays = true };
            return [];
        }

        var theme = dice.Weighted(
            (32, Theme.Flood), (9, Theme.Refused), (8, Theme.Unanswered), (4, Theme.Balancer), (6, Theme.RefusedLater), (4, Theme.Unoffered),
            (6, Theme.Pings), (7, Theme.ClosedOnMessage), (10, Theme.Closed), (4, Theme.FinalBlock), (8, Theme.Log), (3, Theme.RetryAfter), (2, Theme.ManyFailures),
            (wire == WireKind.Http2Tls ? 20 : 0, Theme.NoHttp2));
        (needs, var attempts) = theme switch
        {
            Theme.Flood => Floods(dice),
            Theme.Refused => (new Needs { IsReadySoon = dice.Chance(50) }, Many(dice, 1, 4, () => DrawnRefusals.Of(dice, wire))),
            Theme.Unanswered => (new Needs { Budget = dice.Chance(50), ShortDelays = dice.Chance(30) }, Many(dice, 1, 5, () => DrawnRefusals.Unanswered(dice, wire))),
            Theme.Balancer => (new Needs { IsReadySoon = true, ShortDelays = true }, Balancer(dice)),
            Theme.RefusedLater => (new Needs { IsReadySoon = true, ShortDelays = true }, RefusedLater(dice)),
            Theme.Unoffered => (new Needs { LongConnectTimeout = true, IsReadySoon = true, ShortDelays = true }, [new AttemptPlan(Answer.UnofferedExtension)]),
            Theme.Pings => Pings(dice),
            Theme.ClosedOnMessage => ClosedOnMessage(dice),
            Theme.Closed => (new Needs { KeepAlive = dice.Chance(40) }, Many(dice, 1, 4, () => DrawnSessions.Closed(dice))),
            Theme.FinalBlock => (new Needs { Compression = true, IsReadySoon = true, Pace = Pace.Immediate }, [FinalBlock()]),
            Theme.Log => (new Needs { IsReadySoon = true, ShortDelays = true, LogBlocks = dice.Chance(40), LogThrowsAt = dice.Pick(2, 3, 4, 5, 6, 20) }, Plain(dice)),
            Theme.RetryAfter => (new Needs { IsReadySoon = true, ShortDelays = true }, [DrawnRefusals.RetryAfter(dice)]),
            Theme.ManyFailures => (new Needs { ShortDelays = true, IsReadySoon = true }, Enumerable.Repeat(new AttemptPlan(Answer.Refuse) { Status = 503 }, 24).ToArray()),
            Theme.NoHttp2 => (new Needs { IsReadySoon = true, ShortDelays = true }, [new AttemptPlan(Answer.NoAlpn)]),
            _ => throw new NotSupportedException(theme.ToString()),
        };
        return attempts;
    }

    private enum Theme
    {
        Flood,
        Refused,
        Unanswered,
        Balancer,
        RefusedLater,
        Unoffered,
        Pings,
        ClosedOnMessage,
        Closed,
        FinalBlock,
        Log,
        RetryAfter,
        ManyFailures,
        NoHttp2,
    }

    private static AttemptPlan[] Many(Dice dice, int least, int most, Func<AttemptPlan> draw) =>
        Enumerable.Range(0, dice.Between(least, most)).Select(_ => draw()).ToArray();

    private static (Needs Needs, AttemptPlan[] Attempts) Floods(Dice dice)
    {
        var flood = dice.Chance(75) ? dice.PickEnum<FloodKind>() : dice.Pick(FloodKind.Pings, FloodKind.Pongs, FloodKind.EmptyMessageAndPongs, FloodKind.EmptyMessageAndPongs);
        var step = DrawnSessions.Flood(dice, flood);
        List<Step> steps = dice.Chance(60) ? [step] : [.. DrawnSessions.Beginning(dice), step];
        if (step.ToTheEnd)
        {
            steps = dice.Chance(25) ? [s_ready, new(StepKind.Deafen), step] : steps;
        }
        else
        {
            steps.AddRange(DrawnSessions.End(dice));
        }

        var isCompressed = flood is FloodKind.CompressedMessages or FloodKind.CompressedEmptyMessages or FloodKind.CompressedZeros or FloodKind.CompressedMix;
        var attempt = new AttemptPlan(Answer.Upgrade) { Steps = steps, WritesWithHead = dice.Chance(60) };
        var needs = new Needs
        {
            Compression = isCompressed || flood == FloodKind.Everything,
            Pace = dice.Weighted((30, Pace.Immediate), (15, Pace.Yielding), (25, Pace.Working), (20, Pace.Gated), (5, Pace.Blocking), (5, Pace.Throwing)),
        };
        return (needs, [attempt]);
    }

    // Every second backend is well: a client that opens a TCP connection for every attempt finds it immediately.
    private static AttemptPlan[] Balancer(Dice dice)
    {
        var ill = new AttemptPlan(Answer.Refuse) { Status = dice.Pick(500, 502, 503, 504), Keeps = true };
        return dice.Chance(50) ? [ill] : [ill, DrawnSessions.Closed(dice), ill];
    }

    private static AttemptPlan[] RefusedLater(Dice dice) =>
    [
        new AttemptPlan(Answer.Upgrade) { Steps = [s_ready, new(dice.Pick(StepKind.Fin, StepKind.Reset, StepKind.Close)) { Count = 1001 }] },
        new AttemptPlan(Answer.Refuse) { Status = dice.Pick(400, 401, 403, 404, 410, 426), Keeps = dice.Chance(50) },
    ];

    private static (Needs Needs, AttemptPlan[] Attempts) Pings(Dice dice)
    {
        var needs = new Needs { IsReadySoon = true, NoKeepAlive = true, Callers = 1, Pace = Pace.Immediate };
        return dice.Chance(60)
            ? (needs, [new AttemptPlan(Answer.Upgrade) { Pongs = PongKind.EverySecond, Steps = [s_ready, new(StepKind.Pause) { Count = 60 }, new(StepKind.Hold)] }])
            : (needs, [new AttemptPlan(Answer.Upgrade) { Steps = [s_ready, new(StepKind.PingBurst) { Count = dice.Pick(1, 7, 3000, 10000), Size = dice.Pick(1, 8, 125) }, new(StepKind.Hold)] }]);
    }

    private static (Needs Needs, AttemptPlan[] Attempts) ClosedOnMessage(Dice dice)
    {
        var needs = new Needs { IsReadySoon = true, NoKeepAlive = true, OnlySends = true, Callers = 3, Pace = Pace.Immediate, ShortDelays = true };
        return (needs, Many(dice, 4, 10, () => new AttemptPlan(Answer.Upgrade)
        {
            Steps = [new(dice.Pick(StepKind.FinOnMessage, StepKind.ResetOnMessage, StepKind.CloseOnMessage)) { Count = 1000 }],
        }));
    }

    private static AttemptPlan FinalBlock() => new(Answer.Upgrade)
    {
        Steps = [s_ready, new(StepKind.FinalBlock) { Count = 3 }, new(StepKind.CompressedMessages) { Count = 5, Size = 100 }, new(StepKind.FinalBlock) { Count = 2 }, new(StepKind.Close) { Count = 1000 }],
    };

    private static AttemptPlan[] Plain(Dice dice) =>
    [
        new AttemptPlan(Answer.Refuse) { Status = 503 },
        new AttemptPlan(Answer.Upgrade) { Steps = [s_ready, new(dice.Pick(StepKind.Fin, StepKind.Close)) { Count = 1001 }] },
    ];
}
