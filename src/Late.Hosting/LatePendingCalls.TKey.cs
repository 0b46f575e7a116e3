using System.Diagnostics.CodeAnalysis;

namespace Late.Hosting;

/// <summary>
/// Calls and streams that wait for the server's answer, under keys that the protocol defines. An entry is removed when its call ends
/// in any way, a timeout or a disconnect included. <see cref="LatePendingCalls"/> makes the keys.
/// </summary>
/// <typeparam name="TKey">The type of the keys.</typeparam>
/// <remarks>Keep one in the handler or in its state. It is safe for use from many threads.</remarks>
public class LatePendingCalls<TKey>
    where TKey : notnull
{
    private readonly KeyTable<TKey, Entry> _calls = new();

    /// <summary>How many calls wait.</summary>
    public int Count => _calls.Count;

    /// <summary>Keeps a call under a key.</summary>
    /// <param name="key">The key.</param>
    /// <param name="call">The call.</param>
    /// <returns>False where another call waits under the key; then nothing changes.</returns>
    public bool TryAdd(TKey key, LateCall call)
    {
        ArgumentNullException.ThrowIfNull(call);
        var entry = new Entry(this, key, call);
        if (!_calls.TryAdd(entry))
        {
            return false;
        }

        call.Keep(entry);
        return true;
    }

    /// <summary>
    /// Keeps an entry for which no caller waits: for a request of the handler's own, as a resubscription is, whose answer has a key. Any reply
    /// removes it; it expires after <see cref="LateConnectionOptions.CallTimeout"/> and ends with the session. It takes no slot of
    /// <see cref="LateConnectionOptions.MaxConcurrentCalls"/>.
    /// </summary>
    /// <param name="key">The key.</param>
    /// <param name="context">What <c>Init</c> received: the entry belongs to the session that is open, and to the clock of its connection.</param>
    /// <returns>False where another call waits under the key; then nothing changes.</returns>
    /// <exception cref="LateDisconnectedException">There is no session.</exception>
    /// <exception cref="ArgumentException">The context was made by the application: it has no connection.</exception>
    public bool TryAdd(TKey key, LateContext context)
    {
        var call = Begin(context);
        if (TryAdd(key, call))
        {
            return true;
        }

        call.Fail(new InvalidOperationException("Another call waits under the same key. Give each call in progress a key of its own."));
        return false;
    }

    /// <summary>
    /// Keeps the request that subscribes to a topic: any reply confirms the topic, and a failure fails it. Return
    /// <see cref="LateResult{TState}.HoldConfirm"/> from <c>HandleSubscribe</c>. The entry is removed with the topic. Where the last reader leaves before the reply,
    /// <c>HandleUnsubscribe</c> waits for it, for <see cref="LateConnectionOptions.CallTimeout"/> at most. A subscriber that comes when that time has passed since the request
    /// causes a new one.
    /// </summary>
    /// <typeparam name="TTopic">The topic.</typeparam>
    /// <typeparam name="TItem">The type of its items.</typeparam>
    /// <param name="key">The key.</param>
    /// <param name="topic">The topic that <c>HandleSubscribe</c> has received.</param>
    /// <returns>False where another call waits under the key; then nothing changes.</returns>
    public bool TryAdd<TTopic, TItem>(TKey key, LateTopic<TTopic, TItem> topic)
    {
        ArgumentNullException.ThrowIfNull(topic);
        return TryAdd(key, new SubscribeRequest<TTopic, TItem>(topic));
    }

    /// <summary>The same for a server whose reply has the key under which it sends the items.</summary>
    /// <typeparam name="TTopic">The topic.</typeparam>
    /// <typeparam name="TItem">The type of its items.</typeparam>
    /// <typeparam name="TReply">The type of the reply.</typeparam>
    /// <param name="key">The key.</param>
    /// <param name="topic">The topic that <c>HandleSubscribe</c> has received.</param>
    /// <param name="replied">
    /// Runs with the reply, in <see cref="Reply"/> and before the topic is confirmed: keep the topic in a <see cref="LateTopics{TWireKey, TTopic, TItem}"/> there.
    /// </param>
    /// <returns>False where another call waits under the key; then nothing changes.</returns>
    public bool TryAdd<TTopic, TItem, TReply>(TKey key, LateTopic<TTopic, TItem> topic, Action<TReply> replied)
    {
        ArgumentNullException.ThrowIfNull(topic);
        ArgumentNullException.ThrowIfNull(replied);
        return TryAdd(key, new SubscribeRequest<TTopic, TItem, TReply>(topic, replied));
    }

    /// <summary>Finds the key under which a call waits, or waited before it ended. Use it in <c>HandleCallEnd</c>, where the entry is removed already.</summary>
    /// <param name="call">The call.</param>
    /// <param name="key">The key; the last one where it was added more than once.</param>
    /// <returns>False where the call was never added.</returns>
    public bool TryGetKey(LateCall call, [MaybeNullWhen(false)] out TKey key)
    {
        ArgumentNullException.ThrowIfNull(call);
        for (var kept = call.Kept; kept is not null; kept = kept.Before)
        {
            if (kept is Entry entry && entry.Table == this)
            {
                key = entry.Key;
                return true;
            }
        }

        key = default;
        return false;
    }

    /// <summary>Replies to the call under a key, and removes it.</summary>
    /// <typeparam name="TReply">The type of the reply.</typeparam>
    /// <param name="key">The key.</param>
    /// <param name="value">The reply.</param>
    /// <returns>False where no call waits under the key, or not any more.</returns>
    /// <exception cref="InvalidOperationException">The call waits for a reply of another type.</exception>
    public bool Reply<TReply>(TKey key, TReply value) => TryTake<TReply>(key, out var call) && call.Reply(value);

    /// <summary>Writes an item to the stream under a key.</summary>
    /// <typeparam name="TItem">The type of the stream's items.</typeparam>
    /// <param name="key">The key.</param>
    /// <param name="item">The item.</param>
    /// <returns>False where no stream is kept under the key, or not any more.</returns>
    /// <exception cref="InvalidOperationException">A call is kept under the key, or a stream of items of another type.</exception>
    public bool Write<TItem>(TKey key, TItem item) => TryGet<TItem>(key, out var stream) && stream.Write(item);

    /// <summary>Completes the stream under a key, and removes it; or the entry for which no caller waits.</summary>
    /// <param name="key">The key.</param>
    /// <returns>False where none is kept under the key, or not any more.</returns>
    /// <exception cref="InvalidOperationException">A call is kept under the key.</exception>
    public bool Complete(TKey key) => _calls.Find(key)?.Call.TryComplete(key) == true;

    /// <summary>Fails the call or the stream under a key, and removes it.</summary>
    /// <param name="key">The key.</param>
    /// <param name="exception">What its caller gets.</param>
    /// <returns>False where no call waits under the key, or not any more.</returns>
    public bool Fail(TKey key, Exception exception) => _calls.Find(key)?.Call.Fail(exception) == true;

    /// <summary>Fails all calls, and removes them.</summary>
    /// <param name="exception">What their callers get.</param>
    public void FailAll(Exception exception)
    {
        foreach (var entry in _calls.All)
        {
            entry.Call.Fail(exception);
        }
    }

    /// <summary>Takes the call under a key out of the table, to reply to it by hand.</summary>
    /// <typeparam name="TReply">The type of the reply.</typeparam>
    /// <param name="key">The key.</param>
    /// <param name="call">The call.</param>
    /// <returns>False where no call waits under the key, or not any more.</returns>
    /// <exception cref="InvalidOperationException">The call waits for a reply of another type.</exception>
    public bool TryTake<TReply>(TKey key, [MaybeNullWhen(false)] out LateCall<TReply> call)
    {
        call = null;
        if (_calls.Find(key) is not { } entry)
        {
            return false;
        }

        call = entry.Call as LateCall<TReply> ?? (entry.Call as LateOwnCall)?.As<TReply>() ?? throw entry.Call.OtherReply(key, typeof(TReply));
        return _calls.Remove(entry);
    }

    /// <summary>Finds the stream under a key.</summary>
    /// <typeparam name="TItem">The type of the stream's items.</typeparam>
    /// <param name="key">The key.</param>
    /// <param name="stream">The stream.</param>
    /// <returns>False where no stream is kept under the key, or not any more.</returns>
    /// <exception cref="InvalidOperationException">A call is kept under the key, or a stream of items of another type.</exception>
    public bool TryGet<TItem>(TKey key, [MaybeNullWhen(false)] out LateStream<TItem> stream)
    {
        stream = null;
        if (_calls.Find(key)?.Call is not { } found || found is LateOwnCall)
        {
            return false;
        }

        stream = found as LateStream<TItem> ?? throw found.OtherReply(key, typeof(TItem));
        return true;
    }

    private bool TryAdd<TTopic, TItem>(TKey key, SubscribeRequest<TTopic, TItem> request)
    {
        if (!TryAdd(key, request.Call))
        {
            return false;
        }

        request.Begin();
        return true;
    }

    private protected bool Contains(TKey key) => _calls.Find(key) is not null;

    private protected static LateCall Begin(LateContext context)
    {
        ArgumentNullException.ThrowIfNull(context);
        return context.Entries?.Begin() ?? throw new ArgumentException(
            "The context was made by the application and has no connection. Use the one that Init receives; in a test, LateHandlerTest runs it.", nameof(context));
    }

    private sealed class Entry(LatePendingCalls<TKey> table, TKey key, LateCall call) : KeyEntry<TKey>(key), IKeptCall
    {
        public LatePendingCalls<TKey> Table => table;

        public LateCall Call => call;

        public IKeptCall? Before { get; set; }

        // Only itself: under the same key another call may wait by then.
        public void OnEnded(LateCall call) => table._calls.Remove(this);
    }
}
