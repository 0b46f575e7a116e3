namespace Late.Hosting.Connection;

/// <summary>
/// Gives a running callback <see cref="LateConnectionOptions.CloseTimeout"/> to end by itself, as long again after its
/// token is cancelled, and then lets go of it (promise P9). The host's own limit cuts both short.
/// </summary>
internal sealed class StopGrace : IDisposable
{
    private readonly ITimer _cancelClock;
    private readonly ITimer _abandonClock;
    private readonly CancellationTokenRegistration _hostLimit;

    private StopGrace(ConnectionCore connection, Runner runner, CancellationTokenSource abandoned, CancellationToken hostLimit)
    {
        var grace = connection.Options.CloseTimeout;
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

    public static StopGrace Begin(ConnectionCore connection, Runner runner, CancellationTokenSource abandoned, CancellationToken hostLimit) =>
        new(connection, runner, abandoned, hostLimit);

    public void Dispose()
    {
        _cancelClock.Dispose();
        _abandonClock.Dispose();
        _hostLimit.Dispose();
    }
}
