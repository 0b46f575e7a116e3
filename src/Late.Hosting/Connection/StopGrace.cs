using Late.Hosting.Configuration;
using Late.Hosting.Connection.Callbacks;

namespace Late.Hosting.Connection;

/// <summary>
/// Gives a running callback <see cref="LateConnectionOptions.CallbackGracePeriod"/> to end by itself, then cancels its token and
/// gives it and the close <see cref="LateConnectionOptions.CloseTimeout"/> (promise P9). The host's own limit cuts both short.
/// Code that blocks its thread, and so keeps the stop from noticing, is awaited no longer than <see cref="Last"/>.
/// </summary>
internal sealed class StopGrace : IDisposable
{
    // After a callback is abandoned: the last close handshake needs a second at most.
    private static readonly TimeSpan s_lastWait = TimeSpan.FromSeconds(2);

    private readonly CancellationTokenSource _last = new();
    private readonly CancellationTokenSource _abandoned;
    private readonly Task _begun;
    private readonly ITimer _lastClock;
    private readonly ITimer _cancelClock;
    private readonly ITimer _abandonClock;
    private readonly CancellationTokenRegistration _hostLimit;

    private StopGrace(ConnectionContext connection, Runner runner, CancellationTokenSource abandoned, Task begun, CancellationToken hostLimit)
    {
        (_abandoned, _begun) = (abandoned, begun);
        var grace = connection.Options.CallbackGracePeriod;
        var all = TimeSpan.FromTicks(Math.Min((grace + connection.Options.CloseTimeout).Ticks, Limits.LongestTimeout.Ticks));
        _lastClock = connection.Time.CreateTimer(_ => _last.Cancel(), null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        _cancelClock = connection.Time.CreateTimer(_ => OnceBegun(runner.Callback.Cancel), null, grace, Timeout.InfiniteTimeSpan);
        _abandonClock = connection.Time.CreateTimer(_ => Abandon(), null, all, Timeout.InfiniteTimeSpan);
        _hostLimit = hostLimit.UnsafeRegister(
            _ =>
            {
                OnceBegun(runner.Callback.Cancel);
                Abandon();
            },
            null);
    }

    /// <summary>Canceled when the stop ends whatever still runs.</summary>
    public CancellationToken Last => _last.Token;

    /// <summary>Begins to count.</summary>
    /// <param name="connection">The connection that stops.</param>
    /// <param name="runner">Runs its callbacks.</param>
    /// <param name="abandoned">Canceled when a callback is no longer waited for.</param>
    /// <param name="begun">Done when the connection knows of the stop: without it, the next attempt would follow an abandoned callback.</param>
    /// <param name="hostLimit">The host's own limit.</param>
    public static StopGrace Begin(ConnectionContext connection, Runner runner, CancellationTokenSource abandoned, Task begun, CancellationToken hostLimit) =>
        new(connection, runner, abandoned, begun, hostLimit);

    public void Dispose()
    {
        _lastClock.Dispose();
        _cancelClock.Dispose();
        _abandonClock.Dispose();
        _hostLimit.Dispose();
    }

    private void Abandon()
    {
        _lastClock.Change(s_lastWait, Timeout.InfiniteTimeSpan);
        OnceBegun(_abandoned.Cancel);
    }

    private void OnceBegun(Action action)
    {
        if (_begun.IsCompleted)
        {
            action();
        }
        else
        {
            _begun.ContinueWith(_ => action(), CancellationToken.None, TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default);
        }
    }
}
