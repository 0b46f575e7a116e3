using System.Diagnostics.CodeAnalysis;
using Late.Hosting.Connection.Lifecycle;
using Late.Hosting.WebSockets;

namespace Late.Hosting.Connection.Mailboxes;

/// <summary>
/// Where frames meet calls, posts and sends. Frames keep the order of the wire, items the order in which they were admitted;
/// the runner takes items between two frames (promises P1 and P16). Items from outside are admitted while a session is ready
/// and there is room; others wait in the order in which they came. One reader fills it, one runner empties it.
/// </summary>
internal sealed class Mailbox(ConnectionStatus status)
{
    private readonly Lock _gate = new();
    private readonly Queue<FrameBatch> _received = new();
    private readonly MailboxList _admitted = new();
    private readonly MailboxList _waiting = new();
    private readonly WakeSignal _work = new();
    private readonly WakeSignal _room = new();
    private object? _session;
    private bool _isGateClosed;
    private bool _isReady;
    private bool _isHeld;
    private int _capacity;
    private int _taken;
    private long _maxBytes;
    private long _bytes;
    private long _lastAdmitted;
    private volatile bool _hasDue;
    private ConnectionFailure? _shut;

    /// <summary>Begins a session: its frames and the handler's own posts are taken, everybody else waits.</summary>
    public void Open(object session, int capacity, long maxBytes)
    {
        lock (_gate)
        {
            (_session, _isGateClosed, _isHeld, _capacity, _maxBytes) = (session, false, false, capacity, maxBytes);
        }
    }

    /// <summary>Lets in those who wait, as far as there is room.</summary>
    public void SetReady(object session)
    {
        lock (_gate)
        {
            if (_session == session && !_isGateClosed && _shut is null)
            {
                _isReady = true;
                AdmitWaiting();
            }
        }
    }

    /// <summary>Lets in nobody else: the session ends when what has been admitted is handled.</summary>
    public void Hold(object session)
    {
        lock (_gate)
        {
            _isHeld |= _session == session;
        }

        Wake();
    }

    /// <summary>
    /// Takes no more work for a session that has ended. Frames stay, to be handled in order; calls, posts and sends that
    /// had been admitted are refused, and of those who wait the ones that would not wait for a session.
    /// </summary>
    public void CloseGate(object session, ConnectionFailure failure)
    {
        List<MailboxItem> refused;
        lock (_gate)
        {
            if (_session != session)
            {
                return;
            }

            (_isGateClosed, _isReady, _isHeld) = (true, false, false);
            refused = Remove(_admitted, static _ => true);
            refused.AddRange(Remove(_waiting, static item => item.WhenNotReady == LateWhenNotReady.Fail));
        }

        Refuse(refused, failure);
        Wake();
    }

    /// <summary>Ends a session: what is left of it goes.</summary>
    public void Close(object session, ConnectionFailure failure)
    {
        List<MailboxItem> refused;
        FrameBatch[] unhandled;
        lock (_gate)
        {
            if (_session != session)
            {
                return;
            }

            (_session, _isGateClosed, _isReady, _isHeld) = (null, false, false, false);
            unhandled = [.. _received];
            _received.Clear();
            _bytes -= unhandled.Sum(static frames => frames.HeldBytes);
            refused = Remove(_admitted, static _ => true);
            refused.AddRange(Remove(_waiting, static item => item.WhenNotReady == LateWhenNotReady.Fail));
        }

        foreach (var frames in unhandled)
        {
            frames.Release();
        }

        Refuse(refused, failure);
        Wake();
    }

    /// <summary>Takes no more work for good.</summary>
    public void Shut(ConnectionFailure failure)
    {
        List<MailboxItem> refused;
        lock (_gate)
        {
            _shut = failure;
            _isReady = false;
            refused = Remove(_admitted, static _ => true);
            refused.AddRange(Remove(_waiting, static _ => true));
        }

        Refuse(refused, failure);
        Wake();
    }

    /// <summary>Takes an item from outside, lets it wait, or refuses it.</summary>
    /// <returns>True where it was taken.</returns>
    public bool Submit(MailboxItem item)
    {
        ConnectionFailure failure;
        lock (_gate)
        {
            if (_shut is null)
            {
                if (_isReady && !_isHeld && _waiting.First is null && _taken < _capacity)
                {
                    Admit(item);
                    return true;
                }

                if (_isReady || item.WhenNotReady == LateWhenNotReady.Wait)
                {
                    item.Suspend();
                    _waiting.AddLast(item);
                    return false;
                }
            }

            failure = _shut ?? ConnectionFailure.NotReady(status, "To wait until it is ready, set WhenNotReady = Wait.");
        }

        item.Refuse(failure);
        return false;
    }

    /// <summary>
    /// Takes an item of the handler's own: without regard to room, which only the handler could make. With a session, the
    /// item belongs to it and is dropped with it; without, it is for the present or the next one.
    /// </summary>
    /// <returns>False where the sender has to be told that it was not taken.</returns>
    public bool SubmitOwn(MailboxItem item, object? session = null)
    {
        ConnectionFailure failure;
        bool isShut;
        lock (_gate)
        {
            if (_shut is null)
            {
                if (session is not null && session != _session)
                {
                    return false;
                }

                if (!_isGateClosed)
                {
                    Admit(item);
                    return true;
                }

                // What the last callbacks of a session post dies with it, like what was posted before.
                item.Accept();
            }
            else if (session is not null)
            {
                // A delayed post that is due while the connection stops: no sender waits for it.
                item.Accept();
            }

            failure = _shut ?? ConnectionFailure.NotReady(status, "To wait until it is ready, set WhenNotReady = Wait.");
            isShut = _shut is not null;
        }

        item.Refuse(failure);
        return !isShut;
    }

    /// <summary>
    /// Takes what the socket brought; where the session is over, gives it back unread. The runner is woken by
    /// <see cref="Wake"/> or <see cref="RunHere"/>, as the reader then sees fit.
    /// </summary>
    public void Deliver(object session, FrameBatch frames)
    {
        lock (_gate)
        {
            if (_session == session)
            {
                _bytes += frames.HeldBytes;
                _received.Enqueue(frames);
                return;
            }
        }

        frames.Release();
    }

    /// <summary>How many items are in the mailbox or wait for it.</summary>
    public int Depth
    {
        get
        {
            lock (_gate)
            {
                return _received.Count + _admitted.Count + _waiting.Count;
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
        lock (_gate)
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

        lock (_gate)
        {
            return _received.TryDequeue(out frames);
        }
    }

    /// <summary>
    /// True where something is due that is no frame: an item was admitted, or <see cref="Interrupt"/> was called, since
    /// <see cref="BeginGap"/>. Looked at after each frame, so it takes no lock.
    /// </summary>
    public bool HasDue => _hasDue;

    /// <summary>Something is due that is no item: the runner looks at it after the frame whose callback runs.</summary>
    public void Interrupt()
    {
        _hasDue = true;
        Wake();
    }

    /// <summary>Begins a gap between two frames.</summary>
    /// <returns>Limits <see cref="TryTakeDue"/> to what has been admitted by now, so that frames go on too (promise P16).</returns>
    public long BeginGap()
    {
        // In this order: what is admitted in between is taken in this gap or seen by the next.
        _hasDue = false;
        return Interlocked.Read(ref _lastAdmitted);
    }

    /// <summary>Takes the next item of a gap; for the runner alone.</summary>
    public bool TryTakeDue(long gap, [MaybeNullWhen(false)] out MailboxItem item)
    {
        lock (_gate)
        {
            item = _admitted.First;
            if (item is null || item.Admission > gap)
            {
                return false;
            }

            _admitted.Remove(item);
            GiveRoom(item);
            return true;
        }
    }

    /// <summary>Waits until there may be something to take, or the session has changed; for the runner alone.</summary>
    public ValueTask WaitAsync() => _work.WaitAsync();

    /// <summary>Wakes the runner and the reader: the session has changed.</summary>
    public void Wake()
    {
        _work.Set();
        _room.Set();
    }

    /// <summary>Lets the runner go on, on this thread where it waits; for the reader, when it has nothing else to do.</summary>
    public void RunHere() => _work.SetAndRun();

    /// <summary>Takes an item back before its turn.</summary>
    /// <returns>False where its turn has come, or, for <paramref name="onlyWaiting"/>, where it was taken into the mailbox.</returns>
    public bool Withdraw(MailboxItem item, bool onlyWaiting = false)
    {
        lock (_gate)
        {
            if (item.List is null || (onlyWaiting && item.List != _waiting))
            {
                return false;
            }

            var wasAdmitted = item.List == _admitted;
            item.List.Remove(item);
            if (wasAdmitted)
            {
                GiveRoom(item);
            }

            return true;
        }
    }

    private void Admit(MailboxItem item)
    {
        _taken += item.TakesRoom ? 1 : 0;
        item.Admission = Interlocked.Increment(ref _lastAdmitted);
        _admitted.AddLast(item);
        _hasDue = true;
        item.Accept();
        _work.Set();
    }

    private void GiveRoom(MailboxItem item)
    {
        if (item.TakesRoom)
        {
            _taken--;
            AdmitWaiting();
        }
    }

    private void AdmitWaiting()
    {
        while (_isReady && !_isHeld && _taken < _capacity && _waiting.First is { } next)
        {
            _waiting.Remove(next);
            Admit(next);
        }
    }

    private List<MailboxItem> Remove(MailboxList list, Predicate<MailboxItem> which)
    {
        var removed = new List<MailboxItem>();
        for (var item = list.First; item is not null;)
        {
            var next = item.Next;
            if (which(item))
            {
                list.Remove(item);
                removed.Add(item);
                _taken -= list == _admitted && item.TakesRoom ? 1 : 0;
            }

            item = next;
        }

        return removed;
    }

    // Outside the lock: what is refused tells its caller, its pending table and the log.
    private static void Refuse(List<MailboxItem> items, ConnectionFailure failure)
    {
        foreach (var item in items)
        {
            item.Refuse(failure);
        }
    }
}
