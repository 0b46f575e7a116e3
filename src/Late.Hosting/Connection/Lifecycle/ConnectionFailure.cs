namespace Late.Hosting.Connection.Lifecycle;

/// <summary>Why work is refused or fails; creates a separate exception for each caller.</summary>
internal sealed class ConnectionFailure
{
    private const string RunsAgain = "It runs again when its host or its supervisor restarts it.";

    private readonly Func<string, LateDelivery, string, LateException> _make;

    private readonly string _calls = "";

    private ConnectionFailure(Func<string, LateDelivery, string, LateException> make) => _make = make;

    private ConnectionFailure(ConnectionFailure failure, WorkReport report) => (_make, _calls) = (failure._make, $" {report}");

    /// <summary>True where the exceptions report the calls of the connection.</summary>
    public bool HasReport => _calls.Length > 0;

    public static ConnectionFailure Stopped { get; } = new(static (name, delivery, calls) =>
        new LateStoppedException(name, $"Connection '{name}' is stopped and accepts no more work. {Known(delivery)} {RunsAgain}{calls}")
        {
            Delivery = delivery,
        });

    public static ConnectionFailure Stopping { get; } = new(static (name, delivery, calls) =>
        new LateStoppedException(name, $"Connection '{name}' is stopping and accepts no more work. {Known(delivery)} {RunsAgain}{calls}")
        {
            Delivery = delivery,
        });

    public static ConnectionFailure NotStarted { get; } = new(static (name, delivery, calls) =>
        new LateDisconnectedException(name,
            $"Connection '{name}' is not started. {Known(delivery)} The host starts its services in the order of their registration: use the connection when it has started, or register it earlier.{calls}")
        {
            Delivery = delivery,
            IsOfConnection = true,
        });

    /// <summary>The connection is faulted.</summary>
    /// <param name="fault">Its state.</param>
    /// <param name="mayRevive">Whether a new life may be requested.</param>
    public static ConnectionFailure Faulted(LateConnectionStatus fault, bool mayRevive) => new((name, delivery, calls) =>
        new LateFaultedException(name,
            $"Connection '{name}' has failed permanently: {LateException.WithoutName(name, fault.Reason)} {Known(delivery)} {Advice(fault, mayRevive)}{calls}", fault.Exception)
        {
            Delivery = delivery,
        });

    public static ConnectionFailure Disconnected(SessionEnd end) => new((name, delivery, calls) =>
        new LateDisconnectedException(name,
            $"The session of connection '{name}' ended: {LateException.WithoutName(name, end.Description)} {(end.IsFinal ? Known(delivery) : Advice(delivery))}{calls}", end.Exception)
        {
            Delivery = delivery,
            IsOfConnection = true,
            CloseCode = end.ServerClose?.Code,
            CloseReason = end.ServerClose?.Reason,
        });

    /// <summary>The connection does not run: it never will again, or not yet.</summary>
    public static ConnectionFailure NotRunning(LifecycleState lifecycle) =>
        Final(lifecycle) ?? (lifecycle.Life == LifePhase.Standby ? NotReady(lifecycle, "To wait for a session, await WaitForReadyAsync first.")
            : lifecycle.HasStarted ? Stopped : NotStarted);

    /// <summary>There is no session that takes the work now.</summary>
    /// <param name="lifecycle">Where the connection stands.</param>
    /// <param name="howToWait">What the caller can do to wait for one.</param>
    public static ConnectionFailure NotReady(LifecycleState lifecycle, string howToWait)
    {
        var current = lifecycle.Current;
        var other = Final(lifecycle) ?? (current.State == LateConnectionState.NotStarted && !lifecycle.HasStarted ? NotStarted : null);
        return new((name, delivery, calls) => new LateDisconnectedException(
            name, other?._make(name, delivery, calls).Message ?? $"{StatusText.Explain(lifecycle, current)} {Advice(delivery)} {howToWait}{calls}", current.Exception)
        {
            Delivery = delivery,
            IsOfConnection = true,
        });
    }

    /// <summary>The same failure, whose exceptions report the calls of the connection: once for all that fail in one moment.</summary>
    public ConnectionFailure With(WorkReport report) => new(this, report);

    public LateException ToException(string connectionName, LateDelivery delivery) => _make(connectionName, delivery, _calls);

    private static ConnectionFailure? Final(LifecycleState lifecycle) => lifecycle.Current switch
    {
        { State: LateConnectionState.Faulted } fault => Faulted(fault, lifecycle.MayRevive),
        { State: LateConnectionState.Stopping } => Stopping,
        { State: LateConnectionState.Stopped } => Stopped,
        _ => null,
    };

    /// <summary>What a caller gets whose time has passed.</summary>
    /// <param name="lifecycle">Where the connection stands.</param>
    /// <param name="delivery">Whether the handler saw it.</param>
    /// <param name="report">The calls of the connection.</param>
    public static LateCallTimeoutException TimedOut(LifecycleState lifecycle, LateDelivery delivery, WorkReport report) =>
        new(lifecycle.Name, delivery == LateDelivery.Unknown
            ? $"The handler of connection '{lifecycle.Name}' took the call and did not reply in time. {Advice(delivery)} {report}"
            : $"Connection '{lifecycle.Name}' did not accept the call, post or frame in time. {lifecycle.Describe()} {Advice(delivery)} {report}")
        {
            Delivery = delivery,
            IsOfConnection = true,
        };

    /// <summary>What helps after a fault.</summary>
    /// <param name="fault">The fault.</param>
    /// <param name="mayRevive">Whether a new life may be requested.</param>
    public static string Advice(LateConnectionStatus fault, bool mayRevive) =>
        fault.IsLifeRequested ? "A new life was requested and begins: await WaitForReadyAsync, and try again."
        : fault.IsRestarting ? "A new life begins after a delay (OnFault = Restart): await WaitForReadyAsync, and try again."
        : mayRevive ? "Fix the cause, and begin a new life: call ReconnectAsync, change an option in the configuration, or restart the host."
        : "Fix the cause, and start the connection again with its host or its supervisor.";

    private static string Advice(LateDelivery delivery) => delivery == LateDelivery.NotDelivered
        ? "Nothing was sent; it is safe to retry."
        : "The server may have acted on it; check before you retry.";

    private static string Known(LateDelivery delivery) => delivery == LateDelivery.NotDelivered
        ? "Nothing was sent."
        : "The server may have acted on it.";
}
