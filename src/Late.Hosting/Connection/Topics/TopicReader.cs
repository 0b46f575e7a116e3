using System.Diagnostics.CodeAnalysis;
using Late.Hosting.Connection.Mailboxes;

namespace Late.Hosting.Connection.Topics;

/// <summary>A reader of a topic or a stream: its place in the items, and its enumerations.</summary>
internal sealed class TopicReader<TItem>(ITopicFeed<TItem> topic, TopicLog<TItem> log, ReaderGaps gaps, in LateSubscribeOptions options) : ITopicReader<TItem>
{
    private const int DefaultCapacity = 1024;

    private readonly ReaderConfirmation _confirmation = new();
    private readonly WakeSignal _changed = new();
    private readonly bool _throwsWhenInterrupted = options.OnGap == LateOnGap.Throw;
    private readonly bool _throwsWhenDropped = options is { OnGap: LateOnGap.Throw, WhenFull: LateWhenFull.DropOldest };

    // The items from its place up to _end, in the array of the log: they are read without the lock by the enumeration that has seen them under it,
    // unless it has to look again, or so many have followed that it would lose the next one or that its place may be written again.
    private TItem[] _items = [];
    private long _end;
    private long _mostBehind;
    private object? _mayTake;
    private long _position;
    private long _dropped;
    private int _isReading;
    private volatile bool _hasLeft;
    private volatile bool _isWaiting;
    private volatile Exception? _failure;
    private LateGapException? _overflow;

    /// <summary>How many items may wait for it.</summary>
    public int Capacity { get; } = options.WhenFull == LateWhenFull.KeepLatest ? 1 : options.Capacity ?? DefaultCapacity;

    public bool FailsWhenFull { get; } = options.WhenFull == LateWhenFull.Fail;

    /// <summary>How long the topic stays subscribed to after it.</summary>
    public TimeSpan Linger { get; } = options.Linger;

    /// <summary>True where it fails with the session in which it is not confirmed.</summary>
    public required bool EndsWithSession { get; init; }

    /// <summary>Its index in the topic's list; negative where it is not in it. This and what follows is written under the topic's lock.</summary>
    public int Index { get; set; } = -1;

    /// <summary>The number of the item that it reads next; the reader itself advances it without the lock.</summary>
    public long Position { get => Volatile.Read(ref _position); set => Volatile.Write(ref _position, value); }

    /// <summary>The number of the last interruption that it has observed.</summary>
    public long Interruption { get; set; }

    /// <summary>True where it was removed because it had more unread than it may: it fails, whatever it has read since.</summary>
    public bool HasOverflowed { get; private set; }

    /// <summary>True where it has observed an interruption, and not that the topic is restored.</summary>
    public bool IsInterrupted { get; set; }

    public long Dropped { get => Volatile.Read(ref _dropped); set => Volatile.Write(ref _dropped, value); }

    public bool IsConfirmed { get; set; }

    /// <summary>Why it has ended, or waits for a new life; null where it does not, or was disposed.</summary>
    public Exception? Failure { get => _failure; set => _failure = value; }

    /// <summary>True where nothing follows what it has not read.</summary>
    public bool IsEnded { get; set; }

    /// <summary>Why the end that it has come to is a failure; null where it is none. Also at an interruption behind which there is nothing else.</summary>
    public Exception? Ending { get; set; }

    /// <summary>True where it is to be woken; also cleared without the lock, right before it is.</summary>
    public bool IsWaiting { get => _isWaiting; set => _isWaiting = value; }

    /// <summary>The next one that waits.</summary>
    public TopicReader<TItem>? NextWaiting { get; set; }

    /// <summary>Done when the topic is confirmed to it; failed where it ends before.</summary>
    public Task Confirmed => _confirmation.Task;

    public bool HasLeft => _hasLeft;

    /// <summary>The name of the topic's type.</summary>
    public string TopicName => topic.Name;

    /// <summary>True where the handler has received the topic in the session that is open.</summary>
    public bool HasBegun => topic.HasBegun;

    /// <summary>Not under a lock.</summary>
    public void Confirm() => _confirmation.Set(null);

    /// <summary>Its subscriber waits no longer: it leaves, unless it is confirmed.</summary>
    public void Abandon(Exception exception)
    {
        if (_confirmation.TryAbandon(exception))
        {
            Dispose();
        }
    }

    /// <summary>It has ended, or waits for a new life; not under a lock.</summary>
    public void OnEnded()
    {
        _confirmation.Set(_failure);
        Wake();
    }

    /// <summary>It has more unread than it may; under the topic's lock.</summary>
    public void Overflow()
    {
        HasOverflowed = true;
        LookAgain();
    }

    /// <summary>Lets it look again. It continues on a thread of its own.</summary>
    public void Wake() => _changed.Set();

    /// <summary>Takes the next item; under the topic's lock.</summary>
    /// <param name="items">The items of the log.</param>
    /// <param name="end">Up to which it may read those that follow without the lock.</param>
    public TItem Take(TItem[] items, long end)
    {
        (_items, _end, _mostBehind) = (items, end, Math.Min(Capacity, items.Length - 1));
        var position = _position;
        Position = position + 1;
        return items[position & (items.Length - 1)];
    }

    public IAsyncEnumerable<TItem> ReadAllAsync(CancellationToken cancellationToken) =>
        new ReaderSequence<TItem, TItem>(this, itemsAlone: true, static next => next.Item, cancellationToken);

    public IAsyncEnumerable<LateSubscriptionEvent<TItem>> ReadEventsAsync(CancellationToken cancellationToken) =>
        new ReaderSequence<TItem, LateSubscriptionEvent<TItem>>(this, itemsAlone: false, static next => next, cancellationToken);

    /// <summary>Reads what is there and does not wait; for a test.</summary>
    /// <param name="itemsAlone">Whether it throws and skips what is no item, as <see cref="ReadAllAsync"/> does.</param>
    /// <param name="next">The item or the event.</param>
    public Reading TryRead(bool itemsAlone, out LateSubscriptionEvent<TItem> next)
    {
        using var reading = Begin(CancellationToken.None);
        while (true)
        {
            var found = Read(this, CancellationToken.None, out next);
            if (found != Reading.Event || !itemsAlone)
            {
                return found;
            }

            ThrowAt(next);
        }
    }

    public void Dispose()
    {
        _hasLeft = true;
        LookAgain();
        topic.Leave(this);
        Wake();
    }

    /// <summary>Begins an enumeration.</summary>
    /// <returns>What ends it.</returns>
    /// <exception cref="InvalidOperationException">There is one.</exception>
    public Enumeration Begin(CancellationToken cancellationToken)
    {
        ObjectDisposedException.ThrowIf(_hasLeft, typeof(LateSubscription<TItem>));
        if (Interlocked.Exchange(ref _isReading, 1) != 0)
        {
            throw new InvalidOperationException(
                "Another enumeration of this subscription is in progress, and each item comes once. Subscribe again for a second reader.");
        }

        if (_overflow is not null)
        {
            _isReading = 0;
            throw _overflow;
        }

        return new Enumeration(this, cancellationToken.UnsafeRegister(static reader => ((TopicReader<TItem>)reader!).OnCanceled(), this));
    }

    /// <summary>Takes the next of the items that an enumeration has seen, without the lock.</summary>
    /// <returns>False where it has to look under it.</returns>
    public bool TryTake(object enumeration, [MaybeNullWhen(false)] out TItem item)
    {
        var position = _position;
        if (position < _end && Volatile.Read(ref _mayTake) == enumeration)
        {
            var items = _items;
            var taken = items[position & (items.Length - 1)];

            // Whether it is whole, and not lost, is known behind it.
            Volatile.ReadBarrier();
            if (log.Head - position <= _mostBehind)
            {
                item = taken;
                Position = position + 1;
                return true;
            }
        }

        item = default;
        return false;
    }

    /// <summary>Looks under the topic's lock what is next for an enumeration; where there is nothing, <see cref="ChangedAsync"/> is done when there is.</summary>
    /// <param name="enumeration">The enumeration, which may take what follows without the lock.</param>
    /// <param name="cancellationToken">Ends it.</param>
    /// <param name="next">The item or the event.</param>
    /// <exception cref="Exception">It has failed.</exception>
    public Reading Read(object enumeration, CancellationToken cancellationToken, out LateSubscriptionEvent<TItem> next)
    {
        // A fence: what happens from here on, and is not seen below, is seen before the next item.
        Interlocked.Exchange(ref _mayTake, enumeration);
        cancellationToken.ThrowIfCancellationRequested();
        var found = topic.Read(this, out next);
        switch (found)
        {
            case Reading.Overflow:
                _overflow = gaps.Overflow(next.Dropped);
                topic.Leave(this);
                throw _overflow;
            case Reading.End when !_hasLeft && Ending is { } ending:
                throw ending;
        }

        return found;
    }

    /// <summary>Waits until there is something to look for.</summary>
    /// <exception cref="InvalidOperationException">The caller is a callback of the connection that it is to come from.</exception>
    public ValueTask ChangedAsync()
    {
        topic.CheckWait();
        return _changed.WaitAsync();
    }

    /// <summary>Throws in the place of a gap, where its reader wants items alone.</summary>
    public void ThrowAt(in LateSubscriptionEvent<TItem> next)
    {
        if (next.Kind == LateSubscriptionEventKind.Interrupted && _throwsWhenInterrupted)
        {
            throw Ending ?? gaps.Interrupted();
        }

        if (next.Kind == LateSubscriptionEventKind.Dropped && _throwsWhenDropped)
        {
            throw gaps.Skipped(next.Dropped);
        }
    }

    private void OnCanceled()
    {
        LookAgain();
        Wake();
    }

    /// <summary>The enumeration in progress looks under the lock before it takes another item.</summary>
    private void LookAgain() => Volatile.Write(ref _mayTake, null);

    private void End()
    {
        LookAgain();
        (_items, _end) = ([], 0);
        Volatile.Write(ref _isReading, 0);
    }

    /// <summary>Ends an enumeration.</summary>
    internal readonly struct Enumeration(TopicReader<TItem> reader, CancellationTokenRegistration cancellation) : IDisposable
    {
        public void Dispose()
        {
            cancellation.Unregister();
            reader.End();
        }
    }
}
