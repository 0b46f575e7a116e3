using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;
using Late.Hosting.Connection.Mailboxes;
using Late.Hosting.Diagnostics;

namespace Late.Hosting.Connection.Topics;

/// <summary>A reader of a topic: its place in the topic's items, and the enumerations of its subscription.</summary>
internal sealed class TopicReader<TItem>(ITopicFeed<TItem> topic, TopicLog<TItem> log, in LateSubscribeOptions options) : ITopicReader<TItem>
{
    private const int DefaultCapacity = 1024;
    private const int LargestBatch = 32;

    private readonly TaskCompletionSource _confirmed = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly WakeSignal _changed = new();
    private readonly LateOnGap _onGap = options.OnGap;
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

    /// <summary>Why it has ended; null where it has not, or was disposed.</summary>
    public Exception? Failure { get => _failure; set => _failure = value; }

    /// <summary>True where it is to be woken; also cleared without the lock, right before it is.</summary>
    public bool IsWaiting { get => _isWaiting; set => _isWaiting = value; }

    /// <summary>The next one that waits.</summary>
    public TopicReader<TItem>? NextWaiting { get; set; }

    /// <summary>Done when the topic is confirmed to it; failed where it ends before.</summary>
    public Task Confirmed => _confirmed.Task;

    public long Dropped => Interlocked.Read(ref _dropped);

    public bool HasLeft => _hasLeft;

    /// <summary>Not under a lock.</summary>
    public void Confirm() => _confirmed.TrySetResult();

    /// <summary>It has failed with <see cref="Failure"/>; not under a lock.</summary>
    public void OnFailed()
    {
        if (_confirmed.TrySetException(_failure!))
        {
            // Its subscriber may have left in this moment.
            _ = _confirmed.Task.Observed();
        }

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
                case Reading.Event when next.Kind == LateSubscriptionEventKind.Interrupted && _onGap == LateOnGap.Throw:
                    throw TopicFailure.Interrupted(topic.Name);
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

    public void Dispose()
    {
        _hasLeft = true;
        topic.Leave(this);
        Wake();
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
                _overflow = TopicFailure.Overflow(topic.Name, next.Dropped);
                topic.Leave(this);
                throw _overflow;
            case Reading.End when !_hasLeft:
                throw _failure!;
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
