using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;
using Late.Hosting.Connection.Mailboxes;

namespace Late.Hosting.Connection.Topics;

/// <summary>A reader of a topic or a stream: its place in the items, and its enumerations.</summary>
internal sealed class TopicReader<TItem>(ITopicFeed<TItem> topic, TopicLog<TItem> log, ReaderGaps gaps, in LateSubscribeOptions options) : ITopicReader<TItem>
{
    private const int DefaultCapacity = 1024;
    private const int LargestBatch = 32;

    private readonly ReaderConfirmation _confirmation = new();
    private readonly WakeSignal _changed = new();
    private readonly bool _throwsWhenInterrupted = options.OnGap == LateOnGap.Throw;
    private readonly bool _throwsWhenDropped = options is { OnGap: LateOnGap.Throw, WhenFull: LateWhenFull.DropOldest };
    private TItem[] _batch = [];
    private int _next;
    private int _count;
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

    /// <summary>True where it has observed an interruption, and not that the topic is restored.</summary>
    public bool IsInterrupted { get; set; }

    public bool IsConfirmed { get; set; }

    /// <summary>Why it has ended, or waits for a new life; null where it does not, or was disposed.</summary>
    public Exception? Failure { get => _failure; set => _failure = value; }

    /// <summary>True where nothing follows what it has not read.</summary>
    public bool IsEnded { get; set; }

    /// <summary>Why the end that it has come to is a failure; null where it is none.</summary>
    public Exception? Ending { get; set; }

    /// <summary>True where it is to be woken; also cleared without the lock, right before it is.</summary>
    public bool IsWaiting { get => _isWaiting; set => _isWaiting = value; }

    /// <summary>The next one that waits.</summary>
    public TopicReader<TItem>? NextWaiting { get; set; }

    /// <summary>Done when the topic is confirmed to it; failed where it ends before.</summary>
    public Task Confirmed => _confirmation.Task;

    public long Dropped => Interlocked.Read(ref _dropped);

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

    /// <summary>Lets it look again. It continues on a thread of its own.</summary>
    public void Wake() => _changed.Set();

    /// <summary>Takes items up to one; under the topic's lock.</summary>
    /// <returns>False where there is none.</returns>
    public bool Take(TItem[] items, long end)
    {
        var position = _position;
        var count = (int)Math.Min(end - position, LargestBatch);
        if (count <= 0)
        {
            return false;
        }

        if (_batch.Length < count)
        {
            _batch = new TItem[Math.Min(LargestBatch, Capacity)];
        }

        for (var i = 0; i < count; i++)
        {
            _batch[i] = items[(position + i) & (items.Length - 1)];
        }

        (_next, _count) = (0, count);
        return true;
    }

    public async IAsyncEnumerable<TItem> ReadAllAsync([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        using var reading = Begin(cancellationToken);
        while (true)
        {
            while (TryTake(out var item))
            {
                yield return item;
            }

            cancellationToken.ThrowIfCancellationRequested();
            switch (Read(out var next))
            {
                case Reading.Event:
                    ThrowAt(next);
                    break;
                case Reading.Nothing:
                    await _changed.WaitAsync().ConfigureAwait(false);
                    break;
                case Reading.End:
                    yield break;
            }
        }
    }

    public async IAsyncEnumerable<LateSubscriptionEvent<TItem>> ReadEventsAsync([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        using var reading = Begin(cancellationToken);
        while (true)
        {
            while (TryTake(out var item))
            {
                yield return new() { Item = item };
            }

            cancellationToken.ThrowIfCancellationRequested();
            switch (Read(out var next))
            {
                case Reading.Event:
                    yield return next;
                    break;
                case Reading.Nothing:
                    await _changed.WaitAsync().ConfigureAwait(false);
                    break;
                case Reading.End:
                    yield break;
            }
        }
    }

    /// <summary>Reads what is there and does not wait; for a test.</summary>
    /// <param name="itemsAlone">Whether it throws and skips what is no item, as <see cref="ReadAllAsync"/> does.</param>
    /// <param name="next">The item or the event.</param>
    public Reading TryRead(bool itemsAlone, out LateSubscriptionEvent<TItem> next)
    {
        using var reading = Begin(CancellationToken.None);
        while (true)
        {
            if (TryTake(out var item))
            {
                next = new() { Item = item };
                return Reading.Items;
            }

            var found = Read(out next);
            if (found == Reading.Event && itemsAlone)
            {
                ThrowAt(next);
            }
            else if (found != Reading.Items)
            {
                return found;
            }
        }
    }

    public void Dispose()
    {
        _hasLeft = true;
        topic.Leave(this);
        Wake();
    }

    /// <summary>Throws in the place of a gap, where its reader wants items alone.</summary>
    private void ThrowAt(in LateSubscriptionEvent<TItem> next)
    {
        if (next.Kind == LateSubscriptionEventKind.Interrupted && _throwsWhenInterrupted)
        {
            throw gaps.Interrupted();
        }

        if (next.Kind == LateSubscriptionEventKind.Dropped && _throwsWhenDropped)
        {
            throw gaps.Skipped(next.Dropped);
        }
    }

    /// <summary>Reads on in the topic, where no item is left that it has taken.</summary>
    /// <exception cref="Exception">It has failed.</exception>
    private Reading Read(out LateSubscriptionEvent<TItem> next)
    {
        var found = topic.Read(this, out next);
        switch (found)
        {
            case Reading.Event:
                Interlocked.Add(ref _dropped, next.Dropped);
                break;
            case Reading.Overflow:
                Interlocked.Add(ref _dropped, next.Dropped);
                _overflow = gaps.Overflow(next.Dropped);
                topic.Leave(this);
                throw _overflow;
            case Reading.End when !_hasLeft && Ending is { } ending:
                throw ending;
        }

        return found;
    }

    /// <summary>Takes the next of the items that it has, unless so many have followed that it would have lost it.</summary>
    private bool TryTake([MaybeNullWhen(false)] out TItem item)
    {
        item = default;
        if (_next == _count || _hasLeft)
        {
            return false;
        }

        if (log.Head - Capacity > _position)
        {
            Array.Clear(_batch, _next, _count - _next);
            _next = _count;
            return false;
        }

        item = _batch[_next];
        _batch[_next++] = default!;
        Position = _position + 1;
        return true;
    }

    private Enumeration Begin(CancellationToken cancellationToken)
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

        return new Enumeration(this, cancellationToken.UnsafeRegister(static reader => ((TopicReader<TItem>)reader!).Wake(), this));
    }

    /// <summary>Ends an enumeration.</summary>
    private readonly struct Enumeration(TopicReader<TItem> reader, CancellationTokenRegistration cancellation) : IDisposable
    {
        public void Dispose()
        {
            cancellation.Unregister();
            Volatile.Write(ref reader._isReading, 0);
        }
    }
}
