using System.Net;
using Late.Hosting.Simulation.Handling;
using Late.Hosting.Simulation.Network;
using Late.Hosting.Simulation.Streams;
using Late.Hosting.Simulation.Topics;

namespace Late.Hosting.Simulation.Worlds;

/// <summary>What a world is like: drawn first, so that a few worlds are calm, and a few are nothing but trouble.</summary>
internal sealed record WorldPlan
{
    /// <summary>From nothing (0) to much (3).</summary>
    public required int Trouble { get; init; }

    public required LateConnectionOptions Options { get; init; }

    public required HandlerPlan Handler { get; init; }

    /// <summary>When the host is asked to stop.</summary>
    public required TimeSpan Lasts { get; init; }

    /// <summary>How long the host waits for it.</summary>
    public required TimeSpan ShutdownLimit { get; init; }

    public required int Actions { get; init; }

    /// <summary>How many of a hundred actions follow immediately.</summary>
    public required int BurstPercent { get; init; }

    /// <summary>The longest time between two actions.</summary>
    public required TimeSpan LongestPause { get; init; }

    public required int ConnectFailsPercent { get; init; }

    public required bool MayRefusePermanently { get; init; }

    /// <summary>How many of a hundred handshake hooks throw, and as many take their time or hang.</summary>
    public required int HookTroublePercent { get; init; }

    /// <summary>The hosts that no attempt reaches.</summary>
    public required IReadOnlySet<string> DeadHosts { get; init; }

    /// <summary>Requests for a new session specify how it is made.</summary>
    public required bool DrawsRequests { get; init; }

    /// <summary>Calls may wait for the next session, may be limited, and the handler acts on their ends.</summary>
    public required bool DrawsCalls { get; init; }

    /// <summary>There are posts that need no session.</summary>
    public required bool PostsAnywhere { get; init; }

    /// <summary>The topics of each connection; null for none.</summary>
    public TopicPlan? Topics { get; init; }

    /// <summary>The streams of each connection; null for none.</summary>
    public StreamPlan? Streams { get; init; }

    /// <summary>The settings that the host starts with do not pass.</summary>
    public required bool IsInvalid { get; init; }

    /// <summary>What happens at one moment is not waited for one by one.</summary>
    public required bool RunsOn { get; init; }

    /// <summary>A supervisor starts its connections, instead of the host.</summary>
    public bool IsSupervised => Fleet is not null;

    /// <summary>The supervisor; null where there is one connection, which the host starts.</summary>
    public required FleetPlan? Fleet { get; init; }

    /// <summary>What all attempts have in common; null for nothing.</summary>
    public required LateConnectBudgetOptions? Budget { get; init; }

    public static WorldPlan Draw(Dice dice, Dice extras, Dice lives, Dice switches, Dice slots)
    {
        var trouble = dice.Below(4);
        var options = DrawOptions(dice);
        var fleet = dice.Chance(40) ? FleetPlan.Draw(dice) : null;
        var handler = HandlerPlan.Draw(dice, extras, lives, switches, slots, trouble);
        if (dice.Chance(25))
        {
            DrawSendLimit(dice, options.SendLimit, handler);
        }

        options.DataTimeout = extras.Chance(15) ? extras.Time(100, 20_000) : null;
        if (fleet is null && lives.Chance(40))
        {
            DrawRestart(lives, options);
        }

        options.Rotation.SwitchWhen = switches.Chance(35) ? LateSwitchWhen.FirstMessage : LateSwitchWhen.Upgraded;
        var rotates = options.Rotation is not { MaxSessionLifetime: null, TimeOfDay: null };
        return new WorldPlan
        {
            Trouble = trouble,
            Options = options,
            Handler = handler,
            Lasts = dice.Chance(3) ? TimeSpan.Zero : dice.Time(rotates && dice.Chance(80) ? 10_000 : 20, 120_000),
            ShutdownLimit = dice.Chance(30) ? dice.Time(1, 3000) : TimeSpan.FromSeconds(30),
            Actions = dice.Between(fleet is null ? 0 : 10, fleet is null ? 60 : 100),
            BurstPercent = dice.Pick(10, 50, 90),
            LongestPause = rotates ? TimeSpan.FromSeconds(dice.Pick(4, 20)) : TimeSpan.FromSeconds(4),
            ConnectFailsPercent = trouble * dice.Between(0, 25),
            MayRefusePermanently = dice.Chance(30),
            HookTroublePercent = dice.Chance(10 * trouble) ? dice.Between(1, 30) : 0,
            DeadHosts = DrawAddresses(switches, options),
            DrawsRequests = switches.Chance(40),
            DrawsCalls = DrawCalls(slots, options),
            PostsAnywhere = slots.Chance(35),
            IsInvalid = dice.Chance(1),
            RunsOn = dice.Chance(30),
            Fleet = fleet,
            Budget = dice.Chance(fleet is null ? 10 : 50) ? DrawBudget(dice) : null,
        };
    }

    /// <summary>The same with topics and streams, and their readers.</summary>
    public WorldPlan WithReaders(Dice readers, Dice streams) => this with { Topics = TopicPlan.Draw(readers), Streams = StreamPlan.Draw(streams, hasLimits: DrawsCalls) };

    private static LateConnectionOptions DrawOptions(Dice dice)
    {
        var options = new LateConnectionOptions
        {
            Uri = new Uri($"wss://{Secrets.UserInfo}:x@feed.example/v0?token={Secrets.Query}"),
            Headers = { ["X-Key"] = Secrets.Header },
            ConnectTimeout = dice.Time(100, 10_000),
            ReadyTimeout = dice.Time(100, 10_000),
            CallTimeout = dice.Time(50, 8000),
            CloseTimeout = dice.Time(20, 5000),
            SendTimeout = dice.Time(100, 10_000),
            KeepAliveInterval = dice.Time(100, 20_000),
            KeepAliveTimeout = dice.Time(100, 20_000),
            MaxMessageBytes = dice.Pick(8000, 100_000),
            MailboxCapacity = dice.Pick(1, 2, 5, 20, 1024),
            ReceiveBufferBytes = dice.Pick(1, 200, 4000, 1024 * 1024),
            Startup = (LateStartupMode)dice.Weighted(80, 10, 10),
            StartupTimeout = dice.Time(100, 30_000),
            WhenNotReady = (LateWhenNotReady)dice.Weighted(80, 20),
            HandlerErrors = (LateHandlerErrorBehavior)dice.Weighted(60, 30, 10),
            OnFault = (LateFaultBehavior)dice.Below(2),
        };
        (options.SlowCallbackThreshold, options.CallbackGracePeriod, options.SendLimit.QueueLimit) = (options.CallTimeout, options.CloseTimeout, options.MailboxCapacity);
        options.Reconnect.BaseDelay = dice.Time(5, 1000);
        options.Reconnect.MaxDelay = options.Reconnect.BaseDelay * dice.Between(1, 60);
        options.Reconnect.MaxAttempts = dice.Chance(15) ? dice.Between(1, 5) : null;
        options.Reconnect.StableAfter = dice.Time(20, 30_000);
        options.Reconnect.RefusedMaxDelay = options.Reconnect.BaseDelay * dice.Between(1, 600);
        if (dice.Chance(10))
        {
            options.PermanentStatusCodes.Add(dice.Pick(HttpStatusCode.Unauthorized, HttpStatusCode.NotFound, HttpStatusCode.InternalServerError));
            options.PermanentCloseCodes.Add(dice.Pick(LateCloseCode.GoingAway, LateCloseCode.InternalError, 4000));
        }

        if (dice.Chance(40))
        {
            DrawRotation(dice, options.Rotation);
        }

        return options;
    }

    private static HashSet<string> DrawAddresses(Dice switches, LateConnectionOptions options)
    {
        var dead = new HashSet<string>(StringComparer.Ordinal);
        for (var i = switches.Chance(20) ? switches.Between(1, 3) : 0; i > 0; i--)
        {
            options.Uris.Add(new Uri($"wss://{Secrets.UserInfo}:x@feed{i}.example/v0?token={Secrets.Query}"));
            _ = switches.Chance(40) && dead.Add($"feed{i}.example");
        }

        _ = options.Uris.Count > 0 && switches.Chance(25) && dead.Add("feed.example");
        if (switches.Chance(15))
        {
            options.AllowedOrigins.Add(new Uri(switches.Pick("wss://other.example", "wss://other.example", "ws://other.example")));
        }

        return dead;
    }

    private static bool DrawCalls(Dice slots, LateConnectionOptions options)
    {
        if (!slots.Chance(45))
        {
            return false;
        }

        options.QueueTimeout = slots.Time(20, 20_000);
        options.MaxConcurrentCalls = slots.Pick<int?>(null, null, 1, 1, 2, 4);
        if (slots.Chance(40))
        {
            options.MaxConcurrentCallsByRequest[slots.Pick(nameof(Ask), nameof(Probe))] = slots.Pick(1, 1, 2);
        }

        return true;
    }

    private static void DrawRestart(Dice dice, LateConnectionOptions options)
    {
        (options.OnFault, options.RestartPermanent) = (LateFaultBehavior.Restart, dice.Chance(50));
        options.Restart.BaseDelay = dice.Time(5, 5000);
        options.Restart.MaxDelay = options.Restart.BaseDelay * dice.Between(1, 60);
    }

    // A message that could never be sent is refused, and none of these is.
    private static void DrawSendLimit(Dice dice, LateSendLimitOptions limit, HandlerPlan handler)
    {
        var kind = dice.Below(3);
        limit.Frames = kind < 2 ? dice.Pick(1, 2, 5, 20) : null;
        limit.Bytes = kind > 0 ? 200 + (handler.MostFrameChars * dice.Between(1, 10)) : null;
        limit.Window = dice.Time(50, 20_000);
    }

    private static LateConnectBudgetOptions DrawBudget(Dice dice)
    {
        var kind = dice.Below(3);
        return new LateConnectBudgetOptions
        {
            PerSecond = kind < 2 ? dice.Pick(0.2, 1, 3, 20, 100) : null,
            Burst = dice.Pick(1, 1, 2, 5),
            Concurrency = kind > 0 ? dice.Between(1, 3) : null,
            Pause = dice.Time(100, 10_000),
        };
    }

    // A life is at least ten seconds long, and a world at most two minutes: its day begins with it.
    private static void DrawRotation(Dice dice, LateRotationOptions rotation)
    {
        var kind = dice.Below(4);
        rotation.MaxSessionLifetime = kind < 3 ? dice.Time(10_000, 60_000) : null;
        rotation.TimeOfDay = kind > 1 ? TimeOnly.FromTimeSpan(TimeSpan.FromSeconds(dice.Between(0, 100))) : null;
        rotation.Jitter = dice.Pick(TimeSpan.Zero, dice.Time(10, 60_000), TimeSpan.FromMinutes(5));
        rotation.Order = (LateReconnectOrder)dice.Below(2);
    }
}
