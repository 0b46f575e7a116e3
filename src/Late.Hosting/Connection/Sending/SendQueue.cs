using System.Diagnostics.CodeAnalysis;
using Late.Hosting.Connection.Lifecycle;
using Late.Hosting.Locking;

namespace Late.Hosting.Connection.Sending;

/// <summary>
/// The frames of one session that wait for <see cref="LateConnectionOptions.SendLimit"/>, in their order. The runner puts them
/// in and takes them out; a clock wakes it when the first is due.
/// </summary>
internal sealed class SendQueue : IDisposable
{
    private readonly Gate _gate = new();
    private readonly LinkedList<WaitingFrame> _frames = new();
    private readonly ConnectionContext _connection;
    private readonly ITimer _clock;
    private readonly UnwrittenFrames _unwritten = new();
    private TaskCompletionSource? _due;
    private volatile bool _isDue;
    private volatile int _count;
    private bool _isFullLogged;
    private ConnectionFailure? _ended;

    public SendQueue(ConnectionContext connection)
    {
        _connection = connection;
        _clock = connection.Time.CreateTimer(static queue => ((SendQueue)queue!).NotifyDue(), this, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }

    public int Count => _count;

    private LateSendLimitOptions Limit => _connection.Options.SendLimit;

    /// <summary>Counts a frame that may be sent now; lets any other wait, with a copy of its memory.</summary>
    /// <returns>True where it may be sent.</returns>
    public bool PassOrWait(in LateFrame frame, SendItem? sender)
    {
        if (frame.Kind is LateFrameKind.Ping or LateFrameKind.Pong)
        {
            return true;
        }

        var bytes = frame.CountBytes();
        if (_count > 0 || _connection.SendWindow.WaitFor(bytes, Limit) > TimeSpan.Zero)
        {
            Add(new WaitingFrame(frame.Copy(), bytes, sender, _connection.Time.GetTimestamp()));
            return false;
        }

        _connection.SendWindow.Count(bytes, _unwritten, Limit);
        return true;
    }

    /// <summary>Counts a frame that does not wait.</summary>
    public void Pass(in LateFrame frame)
    {
        if (frame.Kind is not (LateFrameKind.Ping or LateFrameKind.Pong))
        {
            _connection.SendWindow.Count(frame.CountBytes(), _unwritten, Limit);
        }
    }

    /// <summary>Marks the last frame as the last of <c>HandleConnect</c>.</summary>
    /// <returns>False where none waits.</returns>
    public bool MarkLast()
    {
        using (_gate.Enter())
        {
            return _frames.Last is { Value: var last } && (last.IsLastOfConnect = true);
        }
    }

    /// <summary>Takes the first frame where it may be sent now; where not, the clock is set.</summary>
    public bool TryTake([NotNullWhen(true)] out WaitingFrame? frame)
    {
        frame = null;
        if (!_isDue)
        {
            return false;
        }

        LinkedListNode<WaitingFrame>? first;
        using (_gate.Enter())
        {
            _isDue = false;
            first = _frames.First;
        }

        if (first is null)
        {
            return false;
        }

        var wait = _connection.SendWindow.WaitFor(first.Value.Bytes, Limit);
        if (wait > TimeSpan.Zero)
        {
            // Timers count in whole milliseconds, and one that came too early would be set again and again.
            _clock.Change(TimeSpan.FromMilliseconds(Math.Ceiling(wait.TotalMilliseconds)), Timeout.InfiniteTimeSpan);
            return false;
        }

        using (_gate.Enter())
        {
            if (_frames.First != first)
            {
                // Removed meanwhile: the code that removes it signals the runner again.
                return false;
            }

            frame = first.Value;
            _frames.RemoveFirst();
            Counted();
            _isDue = true;
        }

        _connection.SendWindow.Count(frame.Bytes, _unwritten, Limit);
        _connection.Telemetry.SendDelayed(frame.Since);
        return true;
    }

    /// <summary>Frames that may be sent were appended, and a write that carried all of them has ended.</summary>
    public void Written() => _connection.SendWindow.Written(_unwritten, Limit);

    /// <summary>Takes a frame back whose sender waits no longer.</summary>
    public bool Withdraw(SendItem sender)
    {
        using (_gate.Enter())
        {
            var place = _frames.First;
            while (place is not null && place.Value.Sender != sender)
            {
                place = place.Next;
            }

            if (place is null)
            {
                return false;
            }

            _frames.Remove(place);
            Counted();
        }

        NotifyDue();
        return true;
    }

    /// <summary>Waits until the first frame may be due.</summary>
    public Task WaitAsync()
    {
        using (_gate.Enter())
        {
            if (_isDue)
            {
                return Task.CompletedTask;
            }

            _due ??= new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            return _due.Task;
        }
    }

    /// <summary>What still waits is not sent, and whatever comes.</summary>
    public void End(ConnectionFailure failure)
    {
        _connection.SendWindow.End(_unwritten, Limit);
        Clear(failure, isOver: true);
    }

    /// <summary>What still waits is not sent.</summary>
    public void Clear(ConnectionFailure failure) => Clear(failure, isOver: false);

    public void Dispose() => _clock.Dispose();

    private void Add(WaitingFrame waiting)
    {
        ConnectionFailure? ended;
        using (_gate.Enter())
        {
            ended = _ended;
            if (ended is null)
            {
                _frames.AddLast(waiting);
                Counted();
            }
        }

        if (ended is not null)
        {
            Drop([waiting], ended);
            return;
        }

        waiting.Sender?.WaitIn(this);
        if (_count == 1)
        {
            _connection.Log.SendLimitReached(_connection.Name);
            _isDue = true;
        }
        else if (_count >= Limit.QueueLimit && !_isFullLogged)
        {
            _isFullLogged = true;
            _connection.Log.SendQueueFull(_connection.Name, _count);
        }
    }

    private void Clear(ConnectionFailure failure, bool isOver)
    {
        WaitingFrame[] rest;
        using (_gate.Enter())
        {
            _ended = isOver ? failure : _ended;
            rest = [.. _frames];
            _frames.Clear();
            Counted();
        }

        Drop(rest, failure);
    }

    private void Counted()
    {
        _connection.Statistics.FramesWaiting = _count = _frames.Count;
        _isFullLogged &= _count > 0;
    }

    private void Drop(IReadOnlyList<WaitingFrame> frames, ConnectionFailure failure)
    {
        var silent = 0;
        foreach (var frame in frames)
        {
            frame.Sender?.Refuse(failure);
            silent += frame.Sender is null ? 1 : 0;
        }

        if (silent > 0)
        {
            _connection.Log.FramesNotSent(_connection.Name, silent);
        }
    }

    /// <summary>The first frame may be due: the runner looks.</summary>
    public void NotifyDue()
    {
        using (_gate.Enter())
        {
            _isDue = true;
            _due?.SetResult();
            _due = null;
        }

        _connection.Mailbox.Interrupt();
    }
}
