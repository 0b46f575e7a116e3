using System.Diagnostics.CodeAnalysis;
using Late.Hosting.Connection.Lifecycle;
using Late.Hosting.Locking;
using Late.Hosting.WebSockets;

namespace Late.Hosting.Connection.Mailboxes;

/// <summary>
/// Where frames meet calls, posts and sends. Frames keep the order of the wire, items the order in which they were admitted; the runner takes items
/// between two frames (promises P1 and P16). The lifecycle decides whether an item is admitted, under the same lock. One reader fills it, one runner empties it.
/// </summary>
internal sealed class Mailbox(LifecycleState lifecycle, WorkQueues work)
{
    private readonly Gate _gate = lifecycle.Gate;
    private readonly Queue<FrameBatch> _received = new();
    private readonly WakeSignal _work = new();
    private readonly WakeSignal _room = new();
    private long _maxBytes;
    private long _bytes;

    /// <summary>Sets how much the next session may hold.</summary>
    public void SetLimits(int capacity, long maxBytes)
    {
        using (_gate.Enter())
        {
            (work.Capacity, _maxBytes) = (capacity, maxBytes);
        }
    }

    /// <summary>Takes an item from outside, lets it wait, or refuses it.</summary>
    /// <returns>True where it was taken.</returns>
    public bool Submit(MailboxItem item)
    {
        ConnectionFailure failure;
        using (_gate.Enter())
        {
            switch (work.Submit(item, lifecycle.Admission))
            {
                case Submission.Admitted:
                    _work.Set();
                    return true;
                case Submission.Waiting:
                    return false;
            }

            failure = Refusal();
        }

        item.Refuse(failure);
        return false;
    }

    /// <summary>
    /// Takes an item of the handler's own: without regard to room, which only the handler could make. With a session, the
    /// item belongs to it and is dropped with it; without, it is for the present or the next one.
    /// </summary>
    /// <returns>False where the sender must be notified that it was not accepted.</returns>
    public bool SubmitOwn(MailboxItem item, SessionLife? session = null)
    {
        ConnectionFailure failure;
        bool isEnding;
        using (_gate.Enter())
        {
            isEnding = lifecycle.IsEnding;
            if (!isEnding && session is not null && session != lifecycle.Session)
            {
                return false;
            }

            var belongsToNext = item.RunsWithoutSession || lifecycle.Session is not { IsLeaving: true };
            if (!isEnding && belongsToNext && lifecycle.Life != LifePhase.Restarting)
            {
                work.AdmitNow(item);
                _work.Set();
                return true;
            }

            if (!isEnding || session is not null)
            {
                // What the last callbacks of a session or of a life post ends with it, and a delayed post has no waiting sender.
                item.Accept();
            }

            failure = Refusal();
        }

        item.Refuse(failure);
        return !isEnding;
    }

    /// <summary>
    /// Takes what the socket brought; where the session is over, gives it back unread. The runner is woken by <see cref="Wake"/> or <see cref="RunHere"/>.
    /// </summary>
    public void Deliver(SessionLife session, FrameBatch frames)
    {
        frames.Session = session.Number;
        using (_gate.Enter())
        {
            if (lifecycle.Session == session)
            {
                _bytes += frames.HeldBytes;
                _received.Enqueue(frames);
                return;
            }
        }

        frames.Release();
    }

    /// <summary>Drops what was received and is not handled: its session has left.</summary>
    /// <returns>How many messages that are.</returns>
    public int Clear()
    {
        FrameBatch[] unhandled;
        using (_gate.Enter())
        {
            unhandled = [.. _received];
            _received.Clear();
            _bytes -= unhandled.Sum(static frames => frames.HeldBytes);
        }

        var count = unhandled.Sum(static frames => frames.Count);
        Array.ForEach(unhandled, static frames => frames.Release());
        return count;
    }

    /// <summary>How many items are in the mailbox or wait for it.</summary>
    public int Depth
    {
        get
        {
            using (_gate.Enter())
            {
                return _received.Count + work.Count;
            }
        }
    }

    /// <summary>How many reads wait for the handler.</summary>
    public int ReceivedCount
    {
        get
        {
            using (_gate.Enter())
            {
                return _received.Count;
            }
        }
    }

    /// <summary>True while more has been received than may wait for the handler.</summary>
    public bool IsFull => Interlocked.Read(ref _bytes) >= _maxBytes;

    /// <summary>True while a frame waits for its callback or is in it.</summary>
    public bool HasReceived => Interlocked.Read(ref _bytes) > 0;

    /// <summary>Waits for a change of <see cref="IsFull"/> or of the session; for the reader alone.</summary>
    public ValueTask WaitForRoomAsync() => _room.WaitAsync();

    /// <summary>Gives back frames whose callbacks have completed.</summary>
    public void Return(FrameBatch frames)
    {
        using (_gate.Enter())
        {
            _bytes -= frames.HeldBytes;
        }

        frames.Release();
        _room.Set();
    }

    /// <summary>Takes what the next read brought; for the runner alone.</summary>
    public bool TryTakeReceived([MaybeNullWhen(false)] out FrameBatch frames)
    {
        // Without the lock where there is none: what is delivered meanwhile wakes the runner.
        if (!HasReceived)
        {
            frames = null;
            return false;
        }

        using (_gate.Enter())
        {
            return _received.TryDequeue(out frames);
        }
    }

    /// <summary>
    /// True where something is due that is no frame: an item was admitted, or <see cref="Interrupt"/> was called, since
    /// <see cref="BeginGap"/>. Looked at after each frame, so it takes no lock.
    /// </summary>
    public bool HasDue => work.HasDue;

    /// <summary>Something is due that is no item: the runner looks at it after the frame whose callback runs.</summary>
    public void Interrupt()
    {
        work.Interrupt();
        Wake();
    }

    /// <summary>Begins a gap between two frames.</summary>
    /// <returns>Limits <see cref="TryTakeDue"/> to what has been admitted by now, so that frames continue too (promise P16).</returns>
    public long BeginGap() => work.BeginGap();

    /// <summary>Takes the next item of a gap; for the runner alone.</summary>
    /// <param name="gap">What <see cref="BeginGap"/> has returned.</param>
    /// <param name="item">The item.</param>
    /// <param name="hasSession">False for only that which runs without a session.</param>
    public bool TryTakeDue(long gap, [MaybeNullWhen(false)] out MailboxItem item, bool hasSession = true)
    {
        List<MailboxItem>? accepted;
        using (_gate.Enter())
        {
            item = work.TryTake(gap, lifecycle.Admission, out accepted, hasSession);
        }

        Accept(accepted);
        return item is not null;
    }

    /// <summary>True while the runner waits for something to take.</summary>
    public bool IsAwaited => _work.IsAwaited;

    /// <summary>Waits until there may be something to take, or the session has changed; for the runner alone.</summary>
    public ValueTask WaitAsync() => _work.WaitAsync();

    /// <summary>Wakes the runner and the reader: the session has changed.</summary>
    public void Wake()
    {
        _work.Set();
        _room.Set();
    }

    /// <summary>Lets the runner continue, on this thread where it waits; for the reader, when it has nothing else to do.</summary>
    public void RunHere() => _work.SetAndRun();

    /// <summary>Removes an item before it is handled.</summary>
    /// <returns>False where its handling has begun, or, for <paramref name="onlyWaiting"/>, where it was taken into the mailbox.</returns>
    public bool Withdraw(MailboxItem item, bool onlyWaiting = false)
    {
        bool isWithdrawn;
        List<MailboxItem>? accepted;
        using (_gate.Enter())
        {
            isWithdrawn = work.TryWithdraw(item, onlyWaiting, lifecycle.Admission, out accepted);
        }

        Admitted(accepted);
        return isWithdrawn;
    }

    /// <summary>Gives back the slot of a call that is over; nothing where it has none.</summary>
    public void ReleaseSlot(MailboxItem call)
    {
        List<MailboxItem>? accepted;
        using (_gate.Enter())
        {
            if (!work.TryReleaseSlot(call, lifecycle.Admission, out accepted))
            {
                return;
            }
        }

        Admitted(accepted);
    }

    /// <summary>True for a call that began before its limit.</summary>
    public bool LacksSlot(MailboxItem call) => work.LacksSlot(call);

    /// <summary>Counts calls that began before their limit; where they are all that there are, what waited for a slot may have one.</summary>
    public void CountCalls(IEnumerable<MailboxItem> inProgress, bool areAll)
    {
        List<MailboxItem> counted;
        List<MailboxItem>? accepted;
        using (_gate.Enter())
        {
            counted = work.CountCalls(inProgress, areAll);
            accepted = work.AdmitWaiting(lifecycle.Admission);
        }

        counted.ForEach(static call => call.OnLimited());
        Admitted(accepted);
    }

    private void Admitted(List<MailboxItem>? accepted)
    {
        Accept(accepted);
        if (HasDue)
        {
            _work.Set();
        }
    }

    // Outside the lock: the waiting item releases its clock and its sender's token.
    private static void Accept(List<MailboxItem>? accepted) => accepted?.ForEach(static item => item.Accept());

    private ConnectionFailure Refusal() => lifecycle.IsEnding
        ? ConnectionFailure.NotRunning(lifecycle)
        : ConnectionFailure.NotReady(lifecycle, "To wait until it is ready, set WhenNotReady = Wait.");
}
