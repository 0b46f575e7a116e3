using Late.Hosting.Configuration;
using Late.Hosting.Connection.Callbacks;

namespace Late.Hosting.Connection;

/// <summary>
/// Gives a running callback its time to end by itself, then cancels its token, gives it and the close theirs, and <c>HandleTerminate</c>
/// its own (promise P9). The host's own limit cuts all short. Code that blocks its thread, and so keeps the stop from noticing, is awaited
/// no longer than <see cref="Last"/>.
/// </summary>
internal sealed class StopGrace : IDisposable
{
    // After a callback is abandoned: the last close handshake needs a second at most.
    private static readonly TimeSpan s_lastWait = TimeSpan.FromSeconds(2);

    private readonly CancellationTokenSource _last = new();
    private readonly Func<Runner> _runner;
    private readonly StopSignals _signals;
    private readonly StopLimits _limits;
    private readonly Task _begun;
    private readonly ITimer _lastClock;
    private readonly ITimer _cancelClock;
    private readonly ITimer _abandonClock;
    private CancellationTokenRegistration _hostLimit;
    private volatile bool _mayExtend;

    private StopGrace(TimeProvider time, Func<Runner> runner, StopLimits limits, StopSignals signals, Task begun)
    {
        (_runner, _limits, _signals, _begun) = (runner, limits, signals, begun);
        _lastClock = time.CreateTimer(_ => EndLast(), null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        _cancelClock = time.CreateTimer(_ => OnceBegun(runner().Callback.CancelAfterGrace), null, limits.Callback, Timeout.InfiniteTimeSpan);
        _abandonClock = time.CreateTimer(_ => Abandon(), null, AtMost(limits.Callback + limits.Close), Timeout.InfiniteTimeSpan);
    }

    /// <summary>Canceled when the stop ends whatever still runs.</summary>
    public CancellationToken Last => _last.Token;

    /// <summary>Begins to count.</summary>
    /// <param name="time">The connection's clock.</param>
    /// <param name="runner">Returns what runs its callbacks: a new life may begin in the moment of the stop.</param>
    /// <param name="limits">How long its parts may take.</param>
    /// <param name="signals">What is signaled.</param>
    /// <param name="begun">Done when the connection knows of the stop: without it, the next attempt would follow an abandoned callback.</param>
    /// <param name="hostLimit">The host's own limit.</param>
    public static StopGrace Begin(TimeProvider time, Func<Runner> runner, StopLimits limits, StopSignals signals, Task begun, CancellationToken hostLimit)
    {
        var grace = new StopGrace(time, runner, limits, signals, begun);
        grace._hostLimit = hostLimit.UnsafeRegister(static grace => ((StopGrace)grace!).EndNow(), grace);
        return grace;
    }

    public void Dispose()
    {
        _lastClock.Dispose();
        _cancelClock.Dispose();
        _abandonClock.Dispose();
        _hostLimit.Dispose();
    }

    private static TimeSpan AtMost(TimeSpan time) => time < Limits.LongestTimeout ? time : Limits.LongestTimeout;

    private void EndNow()
    {
        OnceBegun(_runner().Callback.Cancel);
        _mayExtend = false;
        _lastClock.Change(s_lastWait, Timeout.InfiniteTimeSpan);
        OnceBegun(_signals.Abandoned.Cancel);
        OnceBegun(_signals.Ended.Cancel);
    }

    private void Abandon()
    {
        // Where no callback is stuck, HandleTerminate is still to come, or runs.
        var isStuck = _runner().Callback.Name is not (null or ConnectionParts.Terminate);
        _mayExtend = isStuck;
        _lastClock.Change(AtMost(isStuck ? s_lastWait : _limits.Terminate + s_lastWait), Timeout.InfiniteTimeSpan);
        OnceBegun(_signals.Abandoned.Cancel);
    }

    private void EndLast()
    {
        if (_mayExtend && _runner().Callback.Name == ConnectionParts.Terminate)
        {
            // What was abandoned has completed in that moment, and HandleTerminate has its own time.
            _mayExtend = false;
            _lastClock.Change(AtMost(_limits.Terminate), Timeout.InfiniteTimeSpan);
            return;
        }

        _last.Cancel();
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
