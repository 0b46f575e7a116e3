using Late.Hosting.Connection.Calls;
using Late.Hosting.Connection.Lifecycle;
using Late.Hosting.Connection.Mailboxes;
using Late.Hosting.Connection.Topics;
using Late.Hosting.Diagnostics;

namespace Late.Hosting.Connection.Streams;

/// <summary>A call with many replies: as any other until the handler has it, and then with the items that wait for its reader.</summary>
internal sealed class StreamItem<TRequest, TItem> : RequestItem<TRequest>, IPendingStream<TItem>, IReadStream<TItem>
    where TRequest : ILateStreamRequest<TRequest, TItem>
{
    private readonly LateStream<TItem> _stream;
    private readonly StreamItems<TItem> _items;
    private readonly StreamClock _clock;
    private readonly Action<long>? _dropped;
    private LateCallEndReason _reason = LateCallEndReason.Canceled;

    public StreamItem(TRequest request, ConnectionContext connection, in LateStreamOptions options)
        : base(request, connection.CallContext, connection.Mailbox)
    {
        var defaults = connection.Options;
        _stream = new LateStream<TItem>(this);
        _items = new StreamItems<TItem>(options.Capacity, options.WhenFull, new StreamGaps(connection.Name, TypeName.Of<TRequest>()), connection.Topics);
        _clock = new StreamClock(this, connection.Time, options.FirstItemTimeout ?? defaults.CallTimeout, options.ItemTimeout ?? defaults.CallTimeout);
        _dropped = options.OnDropped;
        WhenNotReady = options.WhenNotReady ?? defaults.WhenNotReady;
        WaitsWhenLost = options.WhenLost == LateWhenLost.Wait;
        IsLimited = RequestKind.Of<TRequest>().IsLimitedBy(defaults);
    }

    public override LateCall Call => _stream;

    /// <summary>Ends its enumeration.</summary>
    public CancellationToken CancellationToken { private get; init; }

    private protected override bool HasOneReply => false;

    /// <summary>Its items and what was dropped between them, until it ends.</summary>
    public IAsyncEnumerable<LateSubscriptionEvent<TItem>> ReadAsync() => _items.Reader.ReadEventsAsync(CancellationToken);

    /// <summary>True for an item; what was dropped is reported.</summary>
    public bool Accepts(in LateSubscriptionEvent<TItem> next)
    {
        if (next.Kind == LateSubscriptionEventKind.Item)
        {
            return true;
        }

        _dropped?.Invoke(next.Dropped);
        return false;
    }

    public Reading TryRead(out TItem? item)
    {
        Reading found;
        LateSubscriptionEvent<TItem> next;
        do
        {
            found = _items.Reader.TryRead(itemsAlone: false, out next);
        }
        while (found == Reading.Event && !Accepts(next));

        item = next.Item;
        return found;
    }

    public bool Write(TItem item)
    {
        if (IsEnded)
        {
            return false;
        }

        _clock.Note();
        if (_items.TryAdd(item, out var isFull))
        {
            return true;
        }

        if (isFull)
        {
            _reason = LateCallEndReason.Overflow;
            TryCancel();
            _items.Overflow();
        }

        return false;
    }

    public bool Complete()
    {
        var isFirst = TryEnd();
        _items.End(null);
        return isFirst;
    }

    /// <summary>The reader has left.</summary>
    public void Dispose()
    {
        _items.Reader.Dispose();
        if (!IsEnded)
        {
            _reason = CancellationToken.IsCancellationRequested ? LateCallEndReason.Canceled : LateCallEndReason.ReaderLeft;
            TryCancel();
        }
    }

    public override InvalidOperationException OtherReply(object key, Type reply) => new(
        $"The call under {key} is a stream of {TypeName.Of<TItem>()}, and takes no {TypeName.Of(reply)}: write its items, and complete it.");

    private protected override bool IsHandledBy(ILateHandler handler) => handler is ILateStreamHandler<TRequest, TItem>;

    private protected override string MissingInterface(string state, string request) => $"ILateStreamHandler<{state}, {request}, {TypeName.Of<TItem>()}>";

    private protected override ValueTask HandleAsync(ILateHandler handler, IHandlerState state, TRequest request) =>
        ((ILateStreamHandler<TRequest, TItem>)handler).HandleAsync(state, request, _stream);

    private protected override MailboxItem ToEndItem(LateCallEndReason reason) => base.ToEndItem(reason == LateCallEndReason.Canceled ? _reason : reason);

    private protected override void BeginTime(long now, TimeSpan? ownTimeout, TimeSpan defaultTimeout) => _clock.Begin(now);

    private protected override void EndTimes()
    {
        _clock.Dispose();
        base.EndTimes();
    }

    private protected override LateCallTimeoutException ToTimeout(LateDelivery delivery, WorkReport report) => delivery == LateDelivery.NotDelivered
        ? base.ToTimeout(delivery, report)
        : StreamFailure.TimedOut(Context.ConnectionName, TypeName.Of<TRequest>(), _clock.Awaited, report);

    private protected override void SetException(Exception exception) => _items.End(exception);

    private protected override void SetCanceled(CancellationToken cancellationToken) => _items.End(new OperationCanceledException(cancellationToken));
}
