using System.Numerics;

namespace Late.Hosting.Connection.Topics;

/// <summary>
/// The last items of a topic, which all its readers share: each has a place of its own in it. An item is written once, however many
/// readers there are, and a reader that is slow loses items and delays nothing. Used under the topic's lock.
/// </summary>
internal sealed class TopicLog<TItem>
{
    private const int FewestKept = 16;

    // The items from _tail to _head, each at its number modulo the length, a power of two.
    private TItem[] _items = [];
    private long _tail;
    private long _head;
    private int _capacity;
    private long _dropped;

    // Past this number of items a reader that fails when it is too slow may be: looked at then, and not with each item.
    private long _checkPast = long.MaxValue;

    // The interruptions that a reader may not have passed: each before the item of a number, and with the number of the last one in that place. Behind
    // one in which the connection stood by, there is another entry for that.
    private readonly List<(long Position, long Number, bool IsStandby)> _interruptions = [];
    private long _interrupted;
    private bool _isInterrupted;

    public List<TopicReader<TItem>> Readers { get; } = [];

    /// <summary>How many items were published; looked at by readers without the lock.</summary>
    public long Head => Volatile.Read(ref _head);

    /// <summary>True where <see cref="TakeOverflowed"/> is due.</summary>
    public bool ChecksReaders => _head > _checkPast;

    /// <summary>Adds a reader of what follows.</summary>
    public void Add(TopicReader<TItem> reader)
    {
        reader.Index = Readers.Count;
        Readers.Add(reader);
        _capacity = Math.Max(_capacity, reader.Capacity);
        SkipToEnd(reader);
        CheckLater(reader);
    }

    /// <summary>Removes a reader, where it is one; what it has not read stays readable for it until the last one is removed and <see cref="Clear"/> follows.</summary>
    public void Remove(TopicReader<TItem> reader)
    {
        var last = Readers[^1];
        (last.Index, Readers[reader.Index]) = (reader.Index, last);
        Readers.RemoveAt(Readers.Count - 1);
        reader.Index = -1;
        _dropped += Overdue(reader);
    }

    /// <summary>What observers see: what a reader has lost is included immediately, also where it does not read on.</summary>
    public TopicCounts Count() => new(
        Math.Min(Readers.Count, 1), Readers.Count, _head, _dropped + Readers.Sum(Overdue), _head - FirstUnread());

    /// <summary>Removes some of the readers, which end.</summary>
    /// <param name="which">Which of them.</param>
    /// <param name="failure">Why they fail; null where the topic is complete.</param>
    public TopicReader<TItem>[] Take(Func<TopicReader<TItem>, bool> which, Func<TopicReader<TItem>, Exception?> failure)
    {
        TopicReader<TItem>[] taken = [.. Readers.Where(which)];
        foreach (var reader in taken)
        {
            Remove(reader);
            (reader.Failure, reader.IsEnded) = (failure(reader), true);
        }

        return taken;
    }

    /// <summary>Removes the readers that have more unread than they may, and fail for it when they read on.</summary>
    public TopicReader<TItem>[] TakeOverflowed()
    {
        // Most times there is none, and nothing is allocated.
        List<TopicReader<TItem>>? taken = null;
        _checkPast = long.MaxValue;
        for (var i = Readers.Count - 1; i >= 0; i--)
        {
            var reader = Readers[i];
            if (reader is { FailsWhenFull: true, IsConfirmed: true } && _head - reader.Position > reader.Capacity)
            {
                Remove(reader);
                reader.Overflow();
                (taken ??= []).Add(reader);
            }
            else
            {
                CheckLater(reader);
            }
        }

        return taken is null ? [] : [.. taken];
    }

    /// <summary>Confirms the readers.</summary>
    /// <returns>Those that were not.</returns>
    public TopicReader<TItem>[] Confirm()
    {
        TopicReader<TItem>[] confirmed = [.. Readers.Where(static reader => !reader.IsConfirmed)];
        Array.ForEach(confirmed, static reader => reader.IsConfirmed = true);
        return confirmed;
    }

    /// <summary>Readers that are not confirmed begin with the session in which they are.</summary>
    public void SkipUnconfirmed()
    {
        foreach (var reader in Readers.Where(static reader => !reader.IsConfirmed))
        {
            SkipToEnd(reader);
        }
    }

    /// <summary>Drops the items that no reader is left for.</summary>
    public void Clear()
    {
        (_items, _tail, _capacity, _checkPast) = ([], _head, 0, long.MaxValue);
        _interruptions.Clear();
    }

    public void Add(TItem item)
    {
        // What is published has been subscribed to again.
        _isInterrupted = false;
        if (_head - _tail == _items.Length)
        {
            MakeRoom();
        }

        // A reader without the lock has seen by then, in _head, that what was in this place is none of its items any more.
        _items[_head & (_items.Length - 1)] = item;
        Volatile.Write(ref _head, _head + 1);
    }

    /// <summary>Items may be missing in this place.</summary>
    public void Interrupt()
    {
        if (_isInterrupted)
        {
            return;
        }

        _isInterrupted = true;
        _interrupted++;

        // Those that all readers have passed, and all but the last of those between which every reader has lost all items, are not kept.
        var passed = Readers.Count == 0 ? _interrupted : Readers.Min(static reader => reader.Interruption);
        _interruptions.RemoveAll(interruption => interruption.Number <= passed);
        var lost = _interruptions.FindLastIndex(interruption => interruption.Position <= _head - _capacity);
        _interruptions.RemoveRange(0, Math.Max(0, lost > 0 && _interruptions[lost].IsStandby ? lost - 1 : lost));
        _interruptions.RemoveAll(interruption => interruption.Position == _head);
        _interruptions.Add((_head, _interrupted, IsStandby: false));
    }

    /// <summary>The connection stands by, in an interruption.</summary>
    public void StandBy()
    {
        if (_isInterrupted && _interruptions is not [.., { IsStandby: true }])
        {
            _interruptions.Add((_head, ++_interrupted, IsStandby: true));
        }
    }

    /// <summary>The topic is subscribed to again.</summary>
    /// <returns>False where it was not interrupted.</returns>
    public bool Restore()
    {
        var wasInterrupted = _isInterrupted;
        _isInterrupted = false;
        return wasInterrupted;
    }

    /// <summary>Reads what comes next for a reader.</summary>
    /// <param name="reader">The reader, which takes it, and where it is an item may take those behind it.</param>
    /// <param name="next">The item, the event, or the overflow with its number of items.</param>
    public Reading Read(TopicReader<TItem> reader, out LateSubscriptionEvent<TItem> next)
    {
        next = default;
        var interruption = NextInterruption(reader.Interruption);
        if (reader.IsInterrupted && (interruption >= 0 ? !_interruptions[interruption].IsStandby : !_isInterrupted))
        {
            reader.IsInterrupted = false;
            next = new() { Kind = LateSubscriptionEventKind.Restored };
            return Reading.Event;
        }

        var end = interruption < 0 ? _head : _interruptions[interruption].Position;
        if (interruption >= 0 && end <= reader.Position)
        {
            (reader.Interruption, reader.IsInterrupted) = (_interruptions[interruption].Number, true);

            // Where only its end follows, that has this place.
            reader.Ending = reader.Position == _head ? reader.Failure : null;
            next = new() { Kind = _interruptions[interruption].IsStandby ? LateSubscriptionEventKind.Standby : LateSubscriptionEventKind.Interrupted };
            return Reading.Event;
        }

        var oldest = reader.FailsWhenFull ? _head - reader.Capacity : Math.Min(_head - reader.Capacity, end);
        if (reader.Position < oldest || reader.HasOverflowed)
        {
            // One that took an item in the moment of its removal has lost none of those that were there, and gets none of those that follow.
            next = new() { Kind = LateSubscriptionEventKind.Dropped, Dropped = Math.Max(oldest - reader.Position, 1) };

            // Those of a reader that is not in the list any more were counted when it was removed.
            _dropped += reader.Index < 0 ? 0 : next.Dropped;
            reader.Position = Math.Max(reader.Position, oldest);
            reader.Dropped += next.Dropped;
            return reader.FailsWhenFull ? Reading.Overflow : Reading.Event;
        }

        if (reader.Position >= end)
        {
            return Reading.Nothing;
        }

        next = new() { Item = reader.Take(_items, end) };
        return Reading.Item;
    }

    // A while later than it may be: many readers that are not far from it are not looked at with each item.
    private void CheckLater(TopicReader<TItem> reader)
    {
        if (reader.FailsWhenFull)
        {
            // One that is not confirmed stays, so that it is confirmed, and finds it then.
            var past = reader.IsConfirmed ? reader.Position + reader.Capacity : Math.Max(_head, reader.Position + reader.Capacity);
            _checkPast = Math.Min(_checkPast, past + Math.Max(FewestKept, reader.Capacity / 8));
        }
    }

    /// <summary>Lets a reader begin here.</summary>
    private void SkipToEnd(TopicReader<TItem> reader) => (reader.Position, reader.Interruption, reader.IsInterrupted) = (_head, _interrupted, false);

    /// <summary>The first item that a reader has not read, and may still read.</summary>
    private long First(TopicReader<TItem> reader) => Math.Max(reader.Position, _head - reader.Capacity);

    /// <summary>The first item that any reader has not read, and may still read.</summary>
    private long FirstUnread()
    {
        // A loop: a publisher comes here whenever there is no room, and allocates nothing.
        var first = _head;
        foreach (var reader in Readers)
        {
            first = Math.Min(first, First(reader));
        }

        return first;
    }

    /// <summary>What a reader has lost, and has not observed; one that is not confirmed may begin behind it.</summary>
    private long Overdue(TopicReader<TItem> reader) => reader.IsConfirmed ? First(reader) - reader.Position : 0;

    private int NextInterruption(long after)
    {
        for (var i = 0; i < _interruptions.Count; i++)
        {
            if (_interruptions[i].Number > after)
            {
                return i;
            }
        }

        return -1;
    }

    private void MakeRoom()
    {
        if (_items.Length >= _capacity)
        {
            // No reader may have so many unread: the next item takes the place of the oldest.
            _tail++;
            return;
        }

        // Where little is free, each of the next items would look at all readers again.
        var unread = FirstUnread();
        if (_head - unread <= _items.Length / 2 && _items.Length > 0)
        {
            _tail = unread;
            return;
        }

        var items = new TItem[Math.Max(_items.Length * 2, (int)Math.Min(FewestKept, BitOperations.RoundUpToPowerOf2((uint)_capacity)))];
        for (var position = _tail; position < _head; position++)
        {
            items[position & (items.Length - 1)] = _items[position & (_items.Length - 1)];
        }

        _items = items;
    }
}
