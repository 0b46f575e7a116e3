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
    private TimeSpan _limit;
    private TimeSpan _forHandshake;
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
    public TimeSpan ForHandshake => HasBegun ? Positive(_limit - connection.Time.GetElapsedTime(_beganAt)) : CloseTime;

    // Of a stop that the host gives less time, its share.
    private TimeSpan CloseTime => Stop?.CloseWithin ?? connection.Options.CloseTimeout;

    private SessionEnd? Stop => connection.Lifecycle.StopRequestedAt != 0 ? connection.Lifecycle.StopEnd : null;

    private TimeSpan Left => Positive(_limit - _forHandshake - connection.Time.GetElapsedTime(_beganAt));

    /// <summary>The goodbye begins, and its deadline with it.</summary>
    /// <param name="callback">Runs the callbacks.</param>
    /// <returns>What the handler is given.</returns>
    public LateClosing Begin(RunningCallback callback)
    {
        var end = session.PendingEnd!;
        _callback = callback;
        _beganAt = connection.Time.GetTimestamp();
        (_limit, _forHandshake) = (CloseTime - Overdue(), CloseTime / 5);
        callback.BeginGoodbye();
        var source = _source = new CancellationTokenSource();
        var left = Left;
        if (left > TimeSpan.Zero)
        {
            // From here on, since a callback may also block its thread.
            _clock = connection.Time.CreateTimer(static goodbye => ((Goodbye)goodbye!).CutShort(), this, left, Timeout.InfiniteTimeSpan);
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

    /// <summary>The goodbye is over.</summary>
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
        if (!HasBegun || !TryEnd())
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

        connection.Log.GoodbyeCut(connection.Name, connection.Options.CloseTimeout);
        connection.Telemetry.GoodbyeCut();
        connection.Statistics.CountGoodbyeCut();
    }

    public void Dispose() => _clock?.Dispose();

    private static TimeSpan Positive(TimeSpan time) => time > TimeSpan.Zero ? time : TimeSpan.Zero;

    /// <summary>How much longer than <see cref="LateConnectionOptions.CallbackGracePeriod"/> a stop has waited for the callback before.</summary>
    private TimeSpan Overdue() => Stop is { } stop
        ? Positive(connection.Time.GetElapsedTime(connection.Lifecycle.StopRequestedAt, _beganAt) - (stop.CallbackWithin ?? connection.Options.CallbackGracePeriod))
        : TimeSpan.Zero;

    private bool TryEnd()
    {
        if (Interlocked.Exchange(ref _isOver, 1) != 0)
        {
            return false;
        }

        _clock?.Dispose();
        _callback!.EndGoodbye();
        return true;
    }
}
