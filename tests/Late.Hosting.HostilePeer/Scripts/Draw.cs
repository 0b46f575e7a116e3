namespace Late.Hosting.HostilePeer.Scripts;

/// <summary>Draws a script from a seed.</summary>
internal static class Draw
{
    public static Script Script(ulong seed)
    {
        var dice = new Dice(seed);
        var wire = dice.Weighted((55, WireKind.Http1), (15, WireKind.Http1Tls), (15, WireKind.Http2), (15, WireKind.Http2Tls));
        var proxy = wire is WireKind.Http1 or WireKind.Http1Tls
            ? dice.Weighted((88, ProxyKind.None), (4, ProxyKind.Open), (5, ProxyKind.Authenticated), (3, ProxyKind.Refusing))
            : ProxyKind.None;
        var attempts = DrawnAttempts.Of(dice, wire, proxy, out var needs);
        var client = DrawnOptions.Of(dice, wire, needs, attempts);
        attempts = [.. attempts.Select(attempt => client.Compression == LateCompression.Off ? WithoutCompression(attempt) : attempt)];
        var handler = new HandlerPlan
        {
            Pace = needs.Pace ?? dice.Weighted((45, Pace.Immediate), (15, Pace.Yielding), (15, Pace.Working), (10, Pace.Gated), (5, Pace.Blocking), (10, Pace.Throwing)),
            Login = needs.IsReadySoon ? LoginKind.None : dice.Weighted((75, LoginKind.None), (12, LoginKind.Released), (8, LoginKind.Never), (5, LoginKind.Throws)),
            IsSlowAtTheEnd = dice.Chance(4),
        };
        return new Script(seed)
        {
            Wire = wire,
            Proxy = proxy,
            Client = client,
            Handler = handler,
            Callers = new CallerPlan
            {
                Callers = needs.Callers ?? dice.Between(1, 4),
                Calls = !needs.OnlySends,
                Posts = !needs.OnlySends,
                Sends = needs.OnlySends || dice.Chance(60),
                Pings = needs.Pings || (!needs.OnlySends && dice.Chance(30)),
                Reconnects = !needs.IsReadySoon && dice.Chance(8),
            },
            Attempts = attempts,
            StopsMidway = !needs.IsReadySoon && dice.Chance(12),
            Ending = dice.Weighted((53, Ending.Stop), (14, Ending.StopInTime), (10, Ending.StopNow), (14, Ending.Dispose), (9, Ending.StopItself)),
        };
    }

    // What was not negotiated would be a protocol error and nothing else.
    private static AttemptPlan WithoutCompression(AttemptPlan attempt) => attempt with
    {
        Steps = [.. attempt.Steps.Select(step => step.Kind switch
        {
            StepKind.FinalBlock => step with { Kind = StepKind.Messages, Count = 5, Size = 20 },
            StepKind.CompressedMessages => step with { Kind = StepKind.Messages },
            StepKind.Flood => step with
            {
                Flood = step.Flood switch
                {
                    FloodKind.CompressedMessages or FloodKind.CompressedMix => FloodKind.SmallMessages,
                    FloodKind.CompressedEmptyMessages => FloodKind.EmptyMessages,
                    FloodKind.CompressedZeros => FloodKind.LargeMessages,
                    var kind => kind,
                },
            },
            _ => step,
        })],
    };
}
