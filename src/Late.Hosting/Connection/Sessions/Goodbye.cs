using Late.Hosting.Connection.Callbacks;
using Late.Hosting.Connection.Lifecycle;

namespace Late.Hosting.Connection.Sessions;

/// <summary>
/// The goodbye before a close of ours (promise P18), and the one deadline that goodbye, held close and handshake have together
/// (promise P9): a fifth of <see cref="LateConnectionOptions.CloseTimeout"/> is kept for the handshake.
/// </summary>
internal sealed class Goodbye(Session session, ConnectionContext connection) : IDisposable
{
    private readonly TaskCompletionSource _cut = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private volatile CancellationTokenSource? _source;
    private RunningCallback? _callback;
    private ITimer? _clock;
    private TimeSpan _closeTimeout;
    private long _beganAt;
    private int _isOver;
    private int _isReported;

    /// <summary>Completes when the goodbye is cut short: the session closes without what it still waits for.</summary>
    public Task Cut => _cut.Task;

    /// <summary>Canceled when the time of the goodbye is over.</summary>
    public CancellationToken Token => _source!.Token;

    /// <summary>True when it has begun, which happens once.</summary>
    public bool HasBegun => _source is not null;

    /// <summary>What is left for the close handshake.</summary>
    public TimeSpan ForHandshake => HasBegun ? Positive(Limit.All - connection.Time.GetElapsedTime(_beganAt)) : CloseTime;

    // Of a stop that the host gives less time, its share; before the end of a lease, what is left of that.
    private TimeSpan CloseTime => (Stop ?? session.PendingEnd)?.CloseWithin ?? connection.Options.CloseTimeout;

    private SessionEnd? Stop => connection.Lifecycle.StopRequestedAt != 0 ? connection.Lifecycle.StopEnd : null;

    private TimeSpan Left => Limit is var (all, forHandshake) ? Positive(all - forHandshake - connection.Time.GetElapsedTime(_beganAt)) : default;

    /// <summary>How long all of it may take from its beginning, and how much of that is kept for the handshake; a stop may shorten it at any moment.</summary>
    private (TimeSpan All, TimeSpan ForHandshake) Limit
    {
        get
        {
            if (Stop is not { } stop)
            {
                return (_closeTimeout, _closeTimeout / 5);
            }

            var close = stop.CloseWithin ?? _closeTimeout;
            var stoppedAfter = connection.Time.GetElapsedTime(_beganAt, connection.Lifecycle.StopRequestedAt);
            if (stoppedAfter < TimeSpan.Zero)
            {
                // The stop may have waited for a callback before for longer than that had.
                return (close - Positive(-stoppedAfter - (stop.CallbackWithin ?? connection.Options.CallbackGracePeriod)), close / 5);
            }

            return stoppedAfter + close < _closeTimeout ? (stoppedAfter + close, close / 5) : (_closeTimeout, _closeTimeout / 5);
        }
    }

    /// <summary>The goodbye begins, and its deadline with it.</summary>
    /// <param name="callback">Runs the callbacks.</param>
    /// <returns>What the handler is given.</returns>
    public LateClosing Begin(RunningCallback callback)
    {
        var end = session.PendingEnd!;
        (_callback, _beganAt) = (callback, connection.Time.GetTimestamp());
        _closeTimeout = CloseTimeOf(end);
        callback.BeginGoodbye();
        var source = _source = new CancellationTokenSource();
        var left = Left;
        if (left > TimeSpan.Zero)
        {
            // From here on, since a callback may also block its thread.
            var clock = connection.Time.CreateTimer(static goodbye => ((Goodbye)goodbye!).CutShort(), this, left, Timeout.InfiniteTimeSpan);
            Interlocked.Exchange(ref _clock, clock);

            // A stop that has come meanwhile may have found no clock.
            OnStop();
        }
        else
        {
            source.Cancel();
        }

        return new LateClosing
        {
            Reason = end.Reason,
            Description = end.Description,
            Until = connection.Time.GetUtcNow() + left,
            WasReady = session.WasReady,
        };
    }

    /// <summary>What has no time any more is cut short: it has not completed, or keeps the session open.</summary>
    public void CheckTime()
    {
        if (Left == TimeSpan.Zero)
        {
            CutShort();
        }
    }

    /// <summary>A stop has been requested: a goodbye that is in progress for another reason has no more time than the stop.</summary>
    public void OnStop()
    {
        if (Stop is not null)
        {
            _clock?.Change(Left, Timeout.InfiniteTimeSpan);
        }
    }

    /// <summary>The goodbye is over; nothing where it has not begun, or was cut short.</summary>
    public void End()
    {
        if (TryEnd())
        {
            session.End(session.PendingEnd!);
        }
    }

    /// <summary>Time is over: the session ends, and what still runs or waits for the server is not waited for.</summary>
    public void CutShort()
    {
        if (!TryEnd())
        {
            return;
        }

        // Only the disposal of what HandleClosing has used is left: its frames have left, or the server does not read them, which is looked at later.
        var isHandled = _callback!.IsDisposing && session.IsSilent;
        session.End(session.PendingEnd!);
        if (!isHandled)
        {
            Report();
        }

        connection.Effects.Canceled(_source!.CancelAsync());
        if (connection.Lifecycle.IsEnding)
        {
            _callback.Cancel();
        }

        _cut.TrySetResult();
    }

    /// <summary>Logs and counts a goodbye that was cut short, once.</summary>
    public void Report()
    {
        if (Interlocked.Exchange(ref _isReported, 1) != 0)
        {
            return;
        }

        var closeTimeout = connection.Options.CloseTimeout;
        if (session.IsAbandoned)
        {
            connection.Log.GoodbyeCutByStop(connection.Name);
        }
        else if (Stop?.CloseWithin is { } share && share < closeTimeout)
        {
            connection.Log.GoodbyeCutByShare(connection.Name, share);
        }
        else if (Stop is null && session.PendingEnd is { CloseWithin: { } left } && left < closeTimeout)
        {
            connection.Log.GoodbyeCutByLease(connection.Name, left);
        }
        else
        {
            connection.Log.GoodbyeCutByTimeout(connection.Name, closeTimeout);
        }

        connection.Telemetry.GoodbyeCut();
        connection.Statistics.CountGoodbyeCut();
    }

    public void Dispose() => _clock?.Dispose();

    private static TimeSpan Positive(TimeSpan time) => time > TimeSpan.Zero ? time : TimeSpan.Zero;

    // Before the end of a lease the time runs from the moment in which that came near, also where a callback ran first.
    private TimeSpan CloseTimeOf(SessionEnd end) => end is { CloseWithin: { } within, CloseFrom: { } from }
        ? Positive(within - connection.Time.GetElapsedTime(from, _beganAt))
        : connection.Options.CloseTimeout;

    private bool TryEnd()
    {
        if (!HasBegun || Interlocked.Exchange(ref _isOver, 1) != 0)
        {
            return false;
        }

        _clock?.Dispose();
        _callback!.EndGoodbye();
        return true;
    }
}
