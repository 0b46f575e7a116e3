using Late.Hosting.Configuration;

namespace Late.Hosting.Connection.Mailboxes;

/// <summary>
/// The slots of <see cref="LateConnectionOptions.MaxConcurrentCalls"/> and <see cref="LateConnectionOptions.MaxConcurrentCallsByRequest"/>: which
/// calls have one, and the calls that wait for one, by request, so that a request whose slots are taken holds up no other. Used under the
/// lifecycle's lock.
/// </summary>
internal sealed class CallSlots(CurrentOptions<LateConnectionOptions>? settings)
{
    private static readonly LateConnectionOptions s_defaults = new();

    // As many as there are types of limited requests.
    private readonly List<SlotQueue> _queues = [];

    // Under other limits no call has a slot until those in progress are counted against them.
    private LateConnectionOptions? _counted;
    private int _inUse;

    /// <summary>How many calls wait.</summary>
    public int Count { get; private set; }

    private LateConnectionOptions Limits => settings?.Value ?? s_defaults;

    /// <summary>The next call that may have a slot: of those whose request has one left, that which came first.</summary>
    public MailboxItem? First()
    {
        if (Count == 0)
        {
            return null;
        }

        var limits = Limits;
        if (!AreCounted(limits) || !HasLeft(_inUse, limits.MaxConcurrentCalls))
        {
            return null;
        }

        MailboxItem? first = null;
        foreach (var queue in _queues)
        {
            if (queue.Waiting.First is { } item && (first is null || item.Order < first.Order) && HasLeft(queue, limits))
            {
                first = item;
            }
        }

        return first;
    }

    /// <summary>True where a call that comes now may have a slot.</summary>
    public bool IsFreeFor(MailboxItem call)
    {
        var (queue, limits) = (QueueOf(call), Limits);
        return queue.Waiting.First is null && AreCounted(limits) && HasLeft(_inUse, limits.MaxConcurrentCalls) && HasLeft(queue, limits);
    }

    public void AddLast(MailboxItem call)
    {
        QueueOf(call).Waiting.AddLast(call);
        Count++;
    }

    public bool Contains(MailboxItem item)
    {
        foreach (var queue in _queues)
        {
            if (queue.Waiting.Contains(item))
            {
                return true;
            }
        }

        return false;
    }

    public void Remove(MailboxItem call)
    {
        call.List!.Remove(call);
        Count--;
    }

    /// <summary>True for a call that has no slot and needs one by the present limits.</summary>
    public bool LacksSlot(MailboxItem item) => !item.HoldsSlot && item.Request?.IsLimitedBy(Limits) == true;

    /// <summary>Lets calls wait for slots in their order, next to those that do.</summary>
    public void Add(List<MailboxItem> calls)
    {
        Remove(static _ => true, calls);
        foreach (var call in calls.OrderBy(static call => call.Order))
        {
            AddLast(call);
        }
    }

    /// <summary>The call is admitted.</summary>
    public void Take(MailboxItem call)
    {
        call.HoldsSlot = true;
        QueueOf(call).InUse++;
        _inUse++;
    }

    /// <summary>The call is over.</summary>
    /// <returns>False where it had none.</returns>
    public bool Release(MailboxItem call)
    {
        if (!call.HoldsSlot)
        {
            return false;
        }

        call.HoldsSlot = false;
        QueueOf(call).InUse--;
        _inUse--;
        return true;
    }

    /// <summary>The present limits apply: the calls in progress are counted against them.</summary>
    public void BeginLimits() => _counted = Limits;

    /// <summary>Removes calls that wait, in no order.</summary>
    public void Remove(Predicate<MailboxItem> which, List<MailboxItem> removed)
    {
        var before = removed.Count;
        foreach (var queue in _queues)
        {
            queue.Waiting.Remove(which, removed);
        }

        Count -= removed.Count - before;
    }

    private bool AreCounted(LateConnectionOptions limits) => ReferenceEquals(_counted ??= limits, limits);

    private static bool HasLeft(SlotQueue queue, LateConnectionOptions limits) =>
        !queue.Request.TryGetLimit(limits, out var limit) || queue.InUse < limit;

    private static bool HasLeft(int inUse, int? limit) => limit is null || inUse < limit;

    private SlotQueue QueueOf(MailboxItem call)
    {
        foreach (var known in _queues)
        {
            if (known.Request == call.Request)
            {
                return known;
            }
        }

        var queue = new SlotQueue(call.Request!);
        _queues.Add(queue);
        return queue;
    }

    private sealed class SlotQueue(RequestKind request)
    {
        public RequestKind Request => request;

        public MailboxList Waiting { get; } = new();

        public int InUse { get; set; }
    }
}
