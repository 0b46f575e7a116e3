using Late.Hosting.Configuration;

namespace Late.Hosting.Connection.Mailboxes;

/// <summary>
/// The calls, posts and sends of a connection: those that are admitted, and those that wait for room or for a session. Used
/// under the lifecycle's lock, so that a phase and the work that it refuses change together.
/// </summary>
internal sealed class WorkQueues(CurrentOptions<LateConnectionOptions>? settings = null)
{
    private readonly ItemQueue _admitted = new();
    private readonly ItemQueue _waiting = new();

    // Calls that lost their session before the handler had them: they precede all that wait.
    private readonly MailboxList _returned = new();
    private readonly CallSlots _slots = new(settings);
    private int _taken;
    private long _lastAdmitted;
    private long _lastWaiting;
    private volatile bool _hasDue;

    /// <summary>How many items from outside may be admitted at a time.</summary>
    public int Capacity { get; set; }

    public int Count => _admitted.Count + WaitingCount;

    /// <summary>How many calls wait for the handler, for room, for a slot or for a session.</summary>
    public int Calls => _admitted.Calls + _returned.Calls + _waiting.Calls + _slots.Count;

    public bool HasWaiting => WaitingCount > 0;

    private int WaitingCount => _returned.Count + _waiting.Count + _slots.Count;

    /// <summary>True where something is due since <see cref="BeginGap"/>; read without the lock.</summary>
    public bool HasDue => _hasDue;

    /// <summary>Something is due that is no item; called without the lock.</summary>
    public void Interrupt() => _hasDue = true;

    /// <summary>Begins a gap between two frames; called without the lock.</summary>
    /// <returns>Limits <see cref="TryTake"/> to what has been admitted by now.</returns>
    public long BeginGap()
    {
        // In this order: what is admitted in between is taken in this gap or seen by the next.
        _hasDue = false;
        return Interlocked.Read(ref _lastAdmitted);
    }

    /// <summary>Takes an item from outside, lets it wait, or refuses it.</summary>
    public Submission Submit(MailboxItem item, Admission admission)
    {
        var mayEnter = admission == Admission.Open || (item.RunsWithoutSession && admission is Admission.NotReady or Admission.Draining);
        if (mayEnter && FirstWaiting(admission) is null && _taken < Capacity && (!item.IsLimited || _slots.IsFreeFor(item)))
        {
            if (item.IsLimited)
            {
                // It accepts outside the lock: it has a clock.
                _slots.Take(item);
                Admit(item);
            }
            else
            {
                AdmitNow(item);
            }

            return Submission.Admitted;
        }

        if (admission == Admission.Over
            || (!mayEnter && admission is Admission.NotReady or Admission.NotInitialized && item.WhenNotReady == LateWhenNotReady.Fail))
        {
            return Submission.Refused;
        }

        item.Suspend();
        item.Order = ++_lastWaiting;
        if (item.IsLimited)
        {
            _slots.AddLast(item);
        }
        else
        {
            _waiting.AddLast(item);
        }

        return Submission.Waiting;
    }

    /// <summary>Admits an item that is in no queue yet.</summary>
    public void AdmitNow(MailboxItem item)
    {
        Admit(item);
        item.Accept();
    }

    /// <summary>Admits those that wait, as far as they may enter and there is room, and, for calls that need one, a slot.</summary>
    /// <returns>Those whose senders are to be notified, outside the lock.</returns>
    public List<MailboxItem>? AdmitWaiting(Admission admission)
    {
        List<MailboxItem>? accepted = null;
        while (_taken < Capacity && FirstWaiting(admission) is { } next)
        {
            if (RemoveWaiting(next))
            {
                _slots.Take(next);
            }

            Admit(next);
            if (next.AwaitsAcceptance)
            {
                (accepted ??= []).Add(next);
            }
        }

        return accepted;
    }

    /// <summary>Takes the next admitted item of a gap, and admits what waits for its room.</summary>
    /// <param name="gap">Limits it to what had been admitted then.</param>
    /// <param name="admission">What may enter.</param>
    /// <param name="accepted">Those whose senders are to be notified, outside the lock.</param>
    /// <param name="hasSession">False where only that is taken which runs without a session.</param>
    public MailboxItem? TryTake(long gap, Admission admission, out List<MailboxItem>? accepted, bool hasSession = true)
    {
        accepted = null;
        if (_admitted.First(needsNoSession: !hasSession) is not { } item || item.Order > gap)
        {
            return null;
        }

        accepted = RemoveAdmitted(item, admission);
        return item;
    }

    /// <summary>Removes an item before it is handled, and admits what waits for its room.</summary>
    /// <returns>False where its handling has begun, or, for <paramref name="onlyWaiting"/>, where it was admitted.</returns>
    public bool TryWithdraw(MailboxItem item, bool onlyWaiting, Admission admission, out List<MailboxItem>? accepted)
    {
        accepted = null;
        var isWaiting = _waiting.Contains(item) || _slots.Contains(item) || _returned.Contains(item);
        if (!isWaiting && (onlyWaiting || !_admitted.Contains(item)))
        {
            return false;
        }

        if (isWaiting)
        {
            RemoveWaiting(item);
        }
        else
        {
            accepted = RemoveAdmitted(item, admission);
        }

        return true;
    }

    /// <summary>Gives back the slot of a call that is over, and admits what waits for it.</summary>
    /// <returns>False where the call has none.</returns>
    public bool TryReleaseSlot(MailboxItem call, Admission admission, out List<MailboxItem>? accepted)
    {
        var isReleased = _slots.Release(call);
        accepted = isReleased ? AdmitWaiting(admission) : null;
        return isReleased;
    }

    public bool LacksSlot(MailboxItem call) => _slots.LacksSlot(call);

    /// <summary>
    /// Counts against the present limits the calls that began without one: those in progress and those that are admitted have slots, however
    /// many there are, and the others wait for them.
    /// </summary>
    /// <param name="inProgress">Calls in progress.</param>
    /// <param name="areAll">True where they are all that there are.</param>
    /// <returns>Those that are to be notified, outside the lock.</returns>
    public List<MailboxItem> CountCalls(IEnumerable<MailboxItem> inProgress, bool areAll)
    {
        if (areAll)
        {
            _slots.BeginLimits();
        }

        List<MailboxItem> counted = [.. inProgress.Concat(_admitted.OfSession()).Concat(_returned.All()).Where(_slots.LacksSlot)];
        counted.ForEach(_slots.Take);
        List<MailboxItem> waiting = [];
        _waiting.RemoveOfSession(_slots.LacksSlot, waiting);
        counted.AddRange(waiting);
        _slots.Add(waiting);
        return counted;
    }

    /// <summary>Removes everything.</summary>
    public List<MailboxItem> RemoveAll()
    {
        var removed = RemoveAdmitted();
        _returned.Remove(static _ => true, removed);
        _waiting.RemoveAll(removed);
        _slots.Remove(static _ => true, removed);
        return removed;
    }

    /// <summary>Removes what was admitted.</summary>
    public List<MailboxItem> RemoveAdmitted()
    {
        var removed = new List<MailboxItem>();
        _admitted.RemoveAll(removed);
        _taken = 0;
        return removed;
    }

    /// <summary>
    /// Removes what belongs to a session that has ended: what was admitted and needs one, and what does not wait for the next. Calls that
    /// wait when their session is lost return to the head of the queue, in their order.
    /// </summary>
    public List<MailboxItem> RemoveOfSession()
    {
        List<MailboxItem> admitted = [];
        _admitted.RemoveOfSession(static _ => true, admitted);
        _taken -= admitted.Count(static item => item.TakesRoom);
        foreach (var call in Enumerable.Reverse(admitted).Where(static item => item.WaitsWhenLost))
        {
            _returned.AddFirst(call);
        }

        admitted.RemoveAll(static item => item.WaitsWhenLost);
        _waiting.RemoveOfSession(static item => item.EndsWithSession, admitted);
        _slots.Remove(static call => call.EndsWithSession, admitted);
        return admitted;
    }

    /// <returns>True where it waited for a slot.</returns>
    private bool RemoveWaiting(MailboxItem item)
    {
        if (_slots.Contains(item))
        {
            _slots.Remove(item);
            return true;
        }

        ItemQueue.Remove(item);
        return false;
    }

    /// <summary>The next that waits for room alone.</summary>
    private MailboxItem? FirstWaiting(Admission admission) => admission switch
    {
        Admission.Open when _returned.First is { } call => call,
        Admission.Open => (_waiting.First(needsNoSession: false), _slots.First()) switch
        {
            ({ } item, { } call) => item.Order < call.Order ? item : call,
            var (item, call) => item ?? call,
        },
        Admission.NotReady or Admission.Draining => _waiting.First(needsNoSession: true),
        _ => null,
    };

    private void Admit(MailboxItem item)
    {
        _taken += item.TakesRoom ? 1 : 0;
        item.Order = Interlocked.Increment(ref _lastAdmitted);
        _admitted.AddLast(item);
        _hasDue = true;
    }

    private List<MailboxItem>? RemoveAdmitted(MailboxItem item, Admission admission)
    {
        ItemQueue.Remove(item);
        if (!item.TakesRoom)
        {
            return null;
        }

        _taken--;
        return AdmitWaiting(admission);
    }
}
