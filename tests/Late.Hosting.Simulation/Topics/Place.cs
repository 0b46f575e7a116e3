using Late.Hosting.Simulation.Worlds;

namespace Late.Hosting.Simulation.Topics;

/// <summary>
/// The place of a reader in its topic, and all that it may see there (promise P20): each item once and in order, and every omission where it is.
/// </summary>
internal sealed class Place(Subject subject, TopicModel topic, int id, ReaderPlan plan)
{
    // The items of which one is the next. There are several before the first, where the reader was not confirmed in the session in which it came.
    private List<int> _next = [topic.Items];
    private int? _lastSession;
    private int? _failsAt;
    private bool _mayFail;
    private long _dropped;
    private bool _isConfirmed;
    private bool _isInterrupted;
    private bool _hasGap;
    private bool _isGapDue;

    private int Capacity => plan.Options.WhenFull == LateWhenFull.KeepLatest ? 1 : plan.Options.Capacity ?? 1024;

    // Without events, and where gaps are not thrown, they are not seen.
    private bool SeesGaps => plan.ReadsEvents || plan.Options.OnGap == LateOnGap.Throw;

    // What is there for it: nothing follows behind the failure of its topic.
    private int Items => _failsAt ?? topic.Items;

    /// <summary>Behind which item it may have failed with its connection; null where it has not.</summary>
    public int? MayEndAt { get; set; }

    /// <summary>True where it has more unread than it may, and its subscription fails for that: when it reads on, or before.</summary>
    public bool HasOverflowed => plan.Options.WhenFull == LateWhenFull.Fail && _next.TrueForAll(next => next < Items - Capacity);

    /// <summary>True where there may be items that it has not read.</summary>
    public bool MayHaveMore => _next.Exists(next => next != Items);

    public void Confirm() => _isConfirmed = true;

    /// <summary>Its topic fails behind an item.</summary>
    public void FailAt(int items) => (_failsAt, _mayFail) = (items, true);

    /// <summary>Its topic fails behind an item, unless the session has ended before.</summary>
    public void MayFailAt(int items) => (MayEndAt, _mayFail) = (MayEndAt ?? items, true);

    /// <summary>A session has ended.</summary>
    public void OnDisconnected(bool isInterruption, bool isConfirmed)
    {
        if (!_isConfirmed && !_next.Contains(topic.Items))
        {
            _next.Add(topic.Items);
        }

        _isGapDue |= isInterruption && isConfirmed && !_isInterrupted;
    }

    public void See(LateSubscriptionEvent<long> next, long dropped)
    {
        switch (next.Kind)
        {
            case LateSubscriptionEventKind.Item:
                SeeItem(next.Item, dropped);
                break;
            case LateSubscriptionEventKind.Dropped:
                subject.Verdict.Require(plan.Options.WhenFull != LateWhenFull.Fail && next.Dropped > 0, "P20", $"{this} loses {next.Dropped} items");
                Drop((int)next.Dropped);
                _dropped += next.Dropped;
                subject.Verdict.Require(dropped == _dropped, "P20", $"{this} has lost {_dropped} items, and Dropped is {dropped}");
                break;
            case LateSubscriptionEventKind.Interrupted:
                if (!plan.ReadsEvents)
                {
                    // What was dropped before it is counted, and not seen.
                    _next = [.. _next.Select(next => next + (int)(dropped - _dropped))];
                    _dropped = dropped;
                }

                subject.Verdict.Require(!(_isInterrupted && plan.ReadsEvents), "P20", $"{this} is interrupted twice");
                subject.Verdict.Require(_next.Exists(topic.MayBeInterruptedBefore), "P20", $"{this} is interrupted before item {Text}, and no session has ended there");
                (_isInterrupted, _hasGap, _isGapDue) = (true, true, false);
                break;
            default:
                subject.Verdict.Require(_isInterrupted, "P20", $"{this} is restored, and was not interrupted");
                subject.Verdict.Require(_next.Exists(topic.MayBeRestoredBefore), "P20", $"{this} is restored before item {Text}, and its topic is not");
                _isInterrupted = false;
                break;
        }
    }

    /// <summary>Its subscription ends with an overflow.</summary>
    public void Overflow(int dropped)
    {
        subject.Verdict.Require(plan.Options.WhenFull == LateWhenFull.Fail && dropped > 0, "P20", $"{this} overflows");
        subject.Verdict.Require(MayEndAt is not null || _next.Exists(next => next + dropped <= Items - Capacity), "P20", $"{this} misses {dropped} items from item {Text} on, and {Items} were published");
    }

    /// <summary>Its topic has failed.</summary>
    public void Failed(Exception exception, bool isConfirmed)
    {
        subject.Verdict.Require(_mayFail, "P20", $"{this} fails with {exception.GetType().Name}: {exception.Message}, and its topic has not");
        subject.Verdict.Require(!isConfirmed || MayEndAt is not null || _next.Contains(Items), "P20", $"{this} fails before item {Text}, and {Items} were published before");
    }

    /// <summary>Its connection has ended.</summary>
    public void End(bool isConfirmed) => subject.Verdict.Require(
        !isConfirmed || _next.Exists(next => next == Items || topic.MayBeInterruptedBefore(next)), "P20", $"{this} ends before item {Text}, and {Items} were published");

    /// <summary>With nothing else to do, and while it waits for the next item: it has read what there is.</summary>
    public void CheckAtEnd()
    {
        subject.Verdict.Require(_failsAt is null, "P20", $"{this} waits, and its topic has failed");
        subject.Verdict.Require(_next.Contains(Items), "P20", $"{this} waits for item {Text}, and {Items} were published");
        subject.Verdict.Require(!(_isGapDue && SeesGaps), "P20", $"{this} waits for item {Text}, and has seen nothing of the end of a session before it");
    }

    /// <summary>The same, where its topic is confirmed in the session that is open.</summary>
    public void CheckRestored() => subject.Verdict.Require(!(_isInterrupted && plan.ReadsEvents), "P20", $"{this} waits for item {Text}, and has not seen that its topic is restored");

    public override string ToString() => $"reader {id} of topic {topic.Number}";

    private string Text => string.Join(" or ", _next);

    private void SeeItem(long item, long dropped)
    {
        var (session, index) = TopicModel.Parts(item);
        if (!plan.ReadsEvents && dropped > _dropped)
        {
            subject.Verdict.Require(plan.Options.WhenFull != LateWhenFull.Fail, "P20", $"{this} has lost {dropped} items");
            Skip(index, (int)(dropped - _dropped));
            _dropped = dropped;
        }

        subject.Verdict.Require(_next.Contains(index), "P20", $"{this} reads item {index}, and {Text} is next");
        subject.Verdict.Require(index < topic.Items && topic.SessionOf(index) == session, "P20", $"{this} reads item {index} of session {session}, which was not published");
        MayEndAt = index >= MayEndAt ? null : MayEndAt;
        subject.Verdict.Require(MayEndAt is not null || index >= Items - Capacity, "P20", $"{this} reads item {index} of {Items}, and may leave {Capacity} unread");
        subject.Verdict.Require(!(_isInterrupted && plan.ReadsEvents), "P20", $"{this} reads item {index}, and is interrupted");
        subject.Verdict.Require(
            !SeesGaps || _lastSession is not { } last || _hasGap == (last != session), "P20", $"{this} reads item {index} of session {session} behind one of session {_lastSession}, and has seen {(_hasGap ? "a" : "no")} gap");
        _next = [index + 1];
        (_lastSession, _hasGap, _isInterrupted) = (session, false, false);
    }

    private void Drop(int count)
    {
        _next = [.. _next.Select(next => next + count).Where(next => MayEndAt is not null || next == Items - Capacity || (next < Items - Capacity && topic.MayBeInterruptedBefore(next)))];
        subject.Verdict.Require(_next.Count > 0, "P20", $"{this} loses {count} items of {Items}, and may leave {Capacity} unread");
    }

    // Items alone: the drops between two of them are counted, and not seen one by one.
    private void Skip(int to, int count)
    {
        subject.Verdict.Require(_next.Contains(to - count), "P20", $"{this} reads item {to} after {count} were dropped, and {Text} was next");
        subject.Verdict.Require(MayEndAt is not null || to <= Items - Capacity || topic.MayBeInterruptedBefore(to), "P20", $"{this} reads item {to} of {Items} after {count} were dropped, and may leave {Capacity} unread");
        _next = [to];
    }
}
