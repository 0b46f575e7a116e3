using static System.FormattableString;
using static Late.Hosting.Configuration.TakesEffect;

namespace Late.Hosting.Configuration;

/// <summary>
/// Every option: its name, the kind of its value, where it is kept, and when a change of it takes effect. A new option is its property
/// and its row here; checks that involve several options are in <see cref="ConnectionRules"/> and <see cref="BudgetRules"/>.
/// </summary>
internal static class OptionTables
{
    // Less often than once a day is no rate; more often than timers count is none either.
    private const double LeastPerSecond = 1.0 / (24 * 60 * 60);
    private const double MostPerSecond = 1_000_000;

    private static readonly ValueKind<TimeSpan> s_lifetime = ValueKinds.Time.Where(
        static value => value >= Limits.ShortestLifetime && value <= Limits.LongestTimeout, $"It is {Limits.ShortestLifetime:c} or more, and at most 49 days.");

    private static readonly ValueKind<TimeSpan> s_jitter = ValueKinds.Time.Where(
        static value => value >= TimeSpan.Zero && value <= Limits.LongestDelay, "It is zero to one day.");

    private static readonly ValueKind<double> s_rate = ValueKinds.Fraction.Where(
        static value => value is >= LeastPerSecond and <= MostPerSecond, Invariant($"It is at least one a day, and at most {MostPerSecond:N0}."));

    private static readonly ValueKind<TimeSpan> s_gracePeriod = ValueKinds.Time.Where(static value => value >= TimeSpan.Zero, "It is zero or more.");

    private static readonly ValueKind<double> s_share = ValueKinds.Fraction.Where(static value => value is >= 0 and <= 1, "It is 0 to 1.");

    public static OptionTable<LateReconnectOptions> Reconnect { get; } = new()
    {
        { nameof(LateReconnectOptions.BaseDelay), ValueKinds.Delay, static o => o.BaseDelay, static (o, v) => o.BaseDelay = v, WithNextLoss },
        { nameof(LateReconnectOptions.MaxDelay), ValueKinds.Delay, static o => o.MaxDelay, static (o, v) => o.MaxDelay = v, WithNextLoss },
        { nameof(LateReconnectOptions.RefusedMaxDelay), ValueKinds.Delay, static o => o.RefusedMaxDelay, static (o, v) => o.RefusedMaxDelay = v, WithNextLoss },
        { nameof(LateReconnectOptions.MaxAttempts), ValueKinds.Count.OrNone(), static o => o.MaxAttempts, static (o, v) => o.MaxAttempts = v, WithNextLoss },
        { nameof(LateReconnectOptions.StableAfter), ValueKinds.Timeout, static o => o.StableAfter, static (o, v) => o.StableAfter = v, WithNextLoss },
        { nameof(LateReconnectOptions.ShouldReconnect), ValueKinds.Function<Func<LateSessionOutcome, bool>>(), static o => o.ShouldReconnect, static (o, v) => o.ShouldReconnect = v, WithNextLoss },
    };

    public static OptionTable<LateRestartOptions> Restart { get; } = new()
    {
        { nameof(LateRestartOptions.BaseDelay), ValueKinds.Delay, static o => o.BaseDelay, static (o, v) => o.BaseDelay = v, WithNextUse },
        { nameof(LateRestartOptions.MaxDelay), ValueKinds.Delay, static o => o.MaxDelay, static (o, v) => o.MaxDelay = v, WithNextUse },
    };

    public static OptionTable<LateRotationOptions> Rotation { get; } = new()
    {
        { nameof(LateRotationOptions.MaxSessionLifetime), s_lifetime.OrNone(), static o => o.MaxSessionLifetime, static (o, v) => o.MaxSessionLifetime = v, WithNextSession },
        { nameof(LateRotationOptions.TimeOfDay), ValueKinds.TimeOfDay.OrNone(), static o => o.TimeOfDay, static (o, v) => o.TimeOfDay = v, WithNextSession },
        { nameof(LateRotationOptions.Jitter), s_jitter, static o => o.Jitter, static (o, v) => o.Jitter = v, WithNextSession },
        { nameof(LateRotationOptions.Order), ValueKinds.Choice<LateReconnectOrder>(), static o => o.Order, static (o, v) => o.Order = v, WithNextSession },
        { nameof(LateRotationOptions.SwitchWhen), ValueKinds.Choice<LateSwitchWhen>(), static o => o.SwitchWhen, static (o, v) => o.SwitchWhen = v, WithNextSession },
    };

    public static OptionTable<LateSendLimitOptions> SendLimit { get; } = new()
    {
        { nameof(LateSendLimitOptions.Frames), ValueKinds.Count.OrNone(), static o => o.Frames, static (o, v) => o.Frames = v, Immediately },
        { nameof(LateSendLimitOptions.Bytes), ValueKinds.LargeCount.OrNone(), static o => o.Bytes, static (o, v) => o.Bytes = v, Immediately },
        { nameof(LateSendLimitOptions.Window), ValueKinds.Timeout, static o => o.Window, static (o, v) => o.Window = v, Immediately },
        { nameof(LateSendLimitOptions.QueueLimit), ValueKinds.Count, static o => o.QueueLimit, static (o, v) => o.QueueLimit = v, Immediately },
    };

    public static OptionTable<LateConnectionOptions> Connection { get; } = new()
    {
        { nameof(LateConnectionOptions.Uri), ValueKinds.Address, static o => o.Uri, static (o, v) => o.Uri = v, ByReconnecting },
        { nameof(LateConnectionOptions.Uris), ValueKinds.ListedAddress, static o => o.Uris, ByReconnecting },
        { nameof(LateConnectionOptions.AllowedOrigins), ValueKinds.Origin, static o => o.AllowedOrigins, WithNextAttempt },
        { nameof(LateConnectionOptions.Headers), RequestCheck.ProblemOfHeader, static o => o.Headers, ByReconnecting },
        { nameof(LateConnectionOptions.SubProtocols), ValueKinds.SubProtocol, static o => o.SubProtocols, ByReconnecting },
        { nameof(LateConnectionOptions.ConnectTimeout), ValueKinds.Timeout, static o => o.ConnectTimeout, static (o, v) => o.ConnectTimeout = v, WithNextAttempt },
        { nameof(LateConnectionOptions.ReadyTimeout), ValueKinds.Timeout, static o => o.ReadyTimeout, static (o, v) => o.ReadyTimeout = v, WithNextSession },
        { nameof(LateConnectionOptions.CallTimeout), ValueKinds.Timeout, static o => o.CallTimeout, static (o, v) => o.CallTimeout = v, WithNextUse },
        { nameof(LateConnectionOptions.MaxConcurrentCalls), ValueKinds.Count.OrNone(), static o => o.MaxConcurrentCalls, static (o, v) => o.MaxConcurrentCalls = v, Immediately },
        { nameof(LateConnectionOptions.MaxConcurrentCallsByRequest), ValueKinds.Count, static o => o.MaxConcurrentCallsByRequest, Immediately },
        { nameof(LateConnectionOptions.QueueTimeout), ValueKinds.Timeout, static o => o.QueueTimeout, static (o, v) => o.QueueTimeout = v, WithNextUse },
        { nameof(LateConnectionOptions.CloseTimeout), ValueKinds.Timeout, static o => o.CloseTimeout, static (o, v) => o.CloseTimeout = v, WithNextUse },
        { nameof(LateConnectionOptions.SlowCallbackThreshold), ValueKinds.Timeout, static o => o.SlowCallbackThreshold, static (o, v) => o.SlowCallbackThreshold = v, Immediately },
        { nameof(LateConnectionOptions.CallbackGracePeriod), ValueKinds.Timeout, static o => o.CallbackGracePeriod, static (o, v) => o.CallbackGracePeriod = v, WithNextUse },
        { nameof(LateConnectionOptions.SendTimeout), ValueKinds.Timeout, static o => o.SendTimeout, static (o, v) => o.SendTimeout = v, WithNextUse },
        { nameof(LateConnectionOptions.KeepAliveInterval), ValueKinds.Timeout, static o => o.KeepAliveInterval, static (o, v) => o.KeepAliveInterval = v, Immediately },
        { nameof(LateConnectionOptions.KeepAliveTimeout), ValueKinds.Timeout, static o => o.KeepAliveTimeout, static (o, v) => o.KeepAliveTimeout = v, Immediately },
        { nameof(LateConnectionOptions.DataTimeout), ValueKinds.Timeout.OrNone(), static o => o.DataTimeout, static (o, v) => o.DataTimeout = v, Immediately },
        { nameof(LateConnectionOptions.MaxMessageBytes), ValueKinds.Count, static o => o.MaxMessageBytes, static (o, v) => o.MaxMessageBytes = v, WithNextAttempt },
        { nameof(LateConnectionOptions.MailboxCapacity), ValueKinds.Count, static o => o.MailboxCapacity, static (o, v) => o.MailboxCapacity = v, WithNextSession },
        { nameof(LateConnectionOptions.ReceiveBufferBytes), ValueKinds.Count, static o => o.ReceiveBufferBytes, static (o, v) => o.ReceiveBufferBytes = v, WithNextSession },
        { nameof(LateConnectionOptions.Compression), ValueKinds.Choice<LateCompression>(), static o => o.Compression, static (o, v) => o.Compression = v, WithNextAttempt },
        { nameof(LateConnectionOptions.HttpVersion), ValueKinds.HttpVersion, static o => o.HttpVersion, static (o, v) => o.HttpVersion = v, WithNextAttempt },
        { nameof(LateConnectionOptions.Startup), ValueKinds.Choice<LateStartupMode>(), static o => o.Startup, static (o, v) => o.Startup = v, WithNextStart },
        { nameof(LateConnectionOptions.StartupTimeout), ValueKinds.Timeout, static o => o.StartupTimeout, static (o, v) => o.StartupTimeout = v, WithNextStart },
        { nameof(LateConnectionOptions.WhenNotReady), ValueKinds.Choice<LateWhenNotReady>(), static o => o.WhenNotReady, static (o, v) => o.WhenNotReady = v, WithNextUse },
        { nameof(LateConnectionOptions.HandlerErrors), ValueKinds.Choice<LateHandlerErrorBehavior>(), static o => o.HandlerErrors, static (o, v) => o.HandlerErrors = v, WithNextUse },
        { nameof(LateConnectionOptions.OnFault), ValueKinds.Choice<LateFaultBehavior>(), static o => o.OnFault, static (o, v) => o.OnFault = v, WithNextUse },
        { nameof(LateConnectionOptions.RestartPermanent), ValueKinds.Flag, static o => o.RestartPermanent, static (o, v) => o.RestartPermanent = v, WithNextUse },
        { nameof(LateConnectionOptions.PermanentStatusCodes), ValueKinds.StatusCode, static o => o.PermanentStatusCodes, WithNextUse },
        { nameof(LateConnectionOptions.PermanentCloseCodes), ValueKinds.CloseCode, static o => o.PermanentCloseCodes, WithNextUse },
        { nameof(LateConnectionOptions.TraceFrames), ValueKinds.Flag, static o => o.TraceFrames, static (o, v) => o.TraceFrames = v, WithNextSession },
        { nameof(LateConnectionOptions.LogExceptionMessages), ValueKinds.Flag.OrNone(), static o => o.LogExceptionMessages, static (o, v) => o.LogExceptionMessages = v, WithNextUse },
        { nameof(LateConnectionOptions.Reconnect), Reconnect, static o => o.Reconnect },
        { nameof(LateConnectionOptions.Restart), Restart, static o => o.Restart },
        { nameof(LateConnectionOptions.Rotation), Rotation, static o => o.Rotation },
        { nameof(LateConnectionOptions.SendLimit), SendLimit, static o => o.SendLimit },
    };

    public static OptionTable<LateSupervisorOptions> Supervisor { get; } = new()
    {
        { nameof(LateSupervisorOptions.MaxConnections), ValueKinds.Count.OrNone(), static o => o.MaxConnections, static (o, v) => o.MaxConnections = v, WithNextUse },
        { nameof(LateSupervisorOptions.MetricsPerConnection), ValueKinds.Flag, static o => o.MetricsPerConnection, static (o, v) => o.MetricsPerConnection = v, WithNextUse },
        { nameof(LateSupervisorOptions.OnStop), ValueKinds.Choice<LateEndBehavior>(), static o => o.OnStop, static (o, v) => o.OnStop = v, WithNextUse },
        { nameof(LateSupervisorOptions.OnFault), ValueKinds.Choice<LateEndBehavior>(), static o => o.OnFault, static (o, v) => o.OnFault = v, WithNextUse },
    };

    public static OptionTable<LateConnectBudgetOptions> Budget { get; } = new()
    {
        { nameof(LateConnectBudgetOptions.PerSecond), s_rate.OrNone(), static o => o.PerSecond, static (o, v) => o.PerSecond = v, WithNextUse },
        { nameof(LateConnectBudgetOptions.Burst), ValueKinds.Count, static o => o.Burst, static (o, v) => o.Burst = v, WithNextUse },
        { nameof(LateConnectBudgetOptions.Concurrency), ValueKinds.Count.OrNone(), static o => o.Concurrency, static (o, v) => o.Concurrency = v, WithNextUse },
        { nameof(LateConnectBudgetOptions.Pause), ValueKinds.Timeout, static o => o.Pause, static (o, v) => o.Pause = v, WithNextUse },
    };

    /// <summary>The options of health checks. Only code sets them; the rows check them.</summary>
    public static OptionTable<LateHealthOptions> Health { get; } = new()
    {
        { nameof(LateHealthOptions.GracePeriod), s_gracePeriod, static o => o.GracePeriod, static (o, v) => o.GracePeriod = v, WithNextStart },
        { nameof(LateHealthOptions.MinReadyShare), s_share, static o => o.MinReadyShare, static (o, v) => o.MinReadyShare = v, WithNextStart },
        { nameof(LateHealthOptions.RestartWhenFaulted), ValueKinds.Flag, static o => o.RestartWhenFaulted, static (o, v) => o.RestartWhenFaulted = v, WithNextStart },
    };

    /// <summary>The sections of connections, and of what supervised connections begin with.</summary>
    public static OptionSection<LateConnectionOptions> Connections { get; } = new(
        "Late", "Connection", Connection, static options => options.ConfigurationProblems);

    public static OptionSection<LateSupervisorOptions> Supervisors { get; } = new(
        "Late:Supervisors", "Supervisor", Supervisor, static options => options.ConfigurationProblems);

    public static OptionSection<LateConnectBudgetOptions> Budgets { get; } = new(
        "Late:Budgets", "Connect budget", Budget, static options => options.ConfigurationProblems);
}
