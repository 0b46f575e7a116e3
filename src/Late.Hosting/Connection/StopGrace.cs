namespace Late.Hosting.Connection;

/// <summary>
/// Gives a running callback <see cref="LateConnectionOptions.CloseTimeout"/> to end by itself, as long again after its
/// token is cancelled, and then lets go of it (promise P9). The host's own limit cuts both short. What blocks its thread, and
/// so keeps the stop from noticing, is waited for no longer than <see cref="Last"/>.
/// </summary>
internal sealed class StopGrace : IDisposable
{
    /// <summary>For what blocks its thread, after all else is let go. The last close handshake needs a second of it at most.</summary>
    public static readonly TimeSpan LastWait = TimeSpan.FromSeconds(2);

    private readonly CancellationTokenSource _last = new();
    private readonly CancellationTokenRegistration _lastBegins;
    private readonly ITimer _lastClock;
    private readonly ITimer _cancelClock;
    private readonly ITimer _abandonClock;
    private readonly CancellationTokenRegistration _hostLimit;

    private StopGrace(ConnectionCore connection, Runner runner, CancellationTokenSource abandoned, CancellationToken hostLimit)
    {
        var grace = connection.Options.CloseTimeout;
        _lastClock = connection.Time.CreateTimer(_ => _last.Cancel(), null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        _lastBegins = abandoned.Token.UnsafeRegister(_ => _lastClock.Change(LastWait, Timeout.InfiniteTimeSpan), null);
        _cancelClock = connection.Time.CreateTimer(_ => runner.CancelCallbacks(), null, grace, Timeout.InfiniteTimeSpan);
        _abandonClock = connection.Time.CreateTimer(_ => abandoned.Cancel(), null, 2 * grace, Timeout.InfiniteTimeSpan);
        _hostLimit = hostLimit.UnsafeRegister(
            _ =>
            {
                runner.CancelCallbacks();
                abandoned.Cancel();
            },
            null);
    }

    /// <summary>Cancelled when the stop ends whatever still runs.</summary>
    public CancellationToken Last => _last.Token;

    public static StopGrace Begin(ConnectionCore connection, Runner runner, CancellationTokenSource abandoned, CancellationToken hostLimit) =>
        new(connection, runner, abandoned, hostLimit);

    public void Dispose()
    {
        _lastBegins.Dispose();
        _lastClock.Dispose();
        _cancelClock.Dispose();
        _abandonClock.Dispose();
        _hostLimit.Dispose();
    }
}
