namespace Late.Hosting.Connection.Mailboxes;

/// <summary>
/// The calls, posts and sends of a connection: those that are admitted, and those that wait for room or for a session. Used
/// under the lifecycle's lock, so that a phase and the work that it refuses change together.
/// </summary>
internal sealed class WorkQueues
{
    private readonly MailboxList _admitted = new();
    private readonly MailboxList _waiting = new();
    private int _taken;
    private long _lastAdmitted;
    private volatile bool _hasDue;

    /// <summary>How many items from outside may be admitted at a time.</summary>
    public int Capacity { get; set; }

    public int Count => _admitted.Count + _waiting.Count;

    public bool HasWaiting => _waiting.First is not null;

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
        if (admission == Admission.Open && _waiting.First is null && _taken < Capacity)
        {
            AdmitNow(item);
            return Submission.Admitted;
        }

        if (admission == Admission.Over || (admission == Admission.NotReady && item.WhenNotReady == LateWhenNotReady.Fail))
        {
            return Submission.Refused;
        }

        item.Suspend();
        _waiting.AddLast(item);
        return Submission.Waiting;
    }

    /// <summary>Admits an item that is in no queue yet.</summary>
    public void AdmitNow(MailboxItem item)
    {
        Admit(item);
        item.Accept();
    }

    /// <summary>Admits those that wait, as far as there is room.</summary>
    /// <returns>Those whose senders are to be notified, outside the lock.</returns>
    public List<MailboxItem>? AdmitWaiting()
    {
        List<MailboxItem>? accepted = null;
        while (_taken < Capacity && _waiting.First is { } next)
        {
            _waiting.Remove(next);
            Admit(next);
            if (next.AwaitsAcceptance)
            {
                (accepted ??= []).Add(next);
            }
        }

        return accepted;
    }

    /// <summary>Takes the next admitted item of a gap, and admits what waits for its room.</summary>
    public MailboxItem? TryTake(long gap, Admission admission, out List<MailboxItem>? accepted)
    {
        accepted = null;
        if (_admitted.First is not { } item || item.Admission > gap)
        {
            return null;
        }

        RemoveAdmitted(item);
        if (item.TakesRoom && admission == Admission.Open)
        {
            accepted = AdmitWaiting();
        }

        return item;
    }

    /// <summary>Removes an item before it is handled, and admits what waits for its room.</summary>
    /// <returns>False where its handling has begun, or, for <paramref name="onlyWaiting"/>, where it was admitted.</returns>
    public bool TryWithdraw(MailboxItem item, bool onlyWaiting, Admission admission, out List<MailboxItem>? accepted)
    {
        accepted = null;
        if (item.List is null || (onlyWaiting && item.List != _waiting))
        {
            return false;
        }

        if (item.List == _waiting)
        {
            _waiting.Remove(item);
            return true;
        }

        RemoveAdmitted(item);
        if (item.TakesRoom && admission == Admission.Open)
        {
            accepted = AdmitWaiting();
        }

        return true;
    }

    /// <summary>Removes everything.</summary>
    public List<MailboxItem> RemoveAll()
    {
        var removed = RemoveAdmitted();
        Remove(_waiting, static _ => true, removed);
        return removed;
    }

    /// <summary>Removes what belongs to a session that has ended: what was admitted, and what does not wait for the next.</summary>
    public List<MailboxItem> RemoveOfSession()
    {
        var removed = RemoveAdmitted();
        Remove(_waiting, static item => item.WhenNotReady == LateWhenNotReady.Fail, removed);
        return removed;
    }

    private void Admit(MailboxItem item)
    {
        _taken += item.TakesRoom ? 1 : 0;
        item.Admission = Interlocked.Increment(ref _lastAdmitted);
        _admitted.AddLast(item);
        _hasDue = true;
    }

    private void RemoveAdmitted(MailboxItem item)
    {
        _admitted.Remove(item);
        _taken -= item.TakesRoom ? 1 : 0;
    }

    private List<MailboxItem> RemoveAdmitted()
    {
        var removed = new List<MailboxItem>();
        Remove(_admitted, static _ => true, removed);
        _taken = 0;
        return removed;
    }

    private static void Remove(MailboxList list, Predicate<MailboxItem> which, List<MailboxItem> removed)
    {
        for (var item = list.First; item is not null;)
        {
            var next = item.Next;
            if (which(item))
            {
                list.Remove(item);
                removed.Add(item);
            }

            item = next;
        }
    }
}
