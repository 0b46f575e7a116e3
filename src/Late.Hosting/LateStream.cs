namespace Late.Hosting;

/// <summary>
/// A call with many replies. It may be kept in the state and written to from any later callback, or from any thread. It ends by
/// <see cref="Complete"/> or <see cref="LateCall.Fail"/>, and by itself when its reader leaves it, its time passes, its buffer is full or its session ends.
/// </summary>
/// <typeparam name="TItem">The type of its items.</typeparam>
/// <remarks>Items that are written concurrently have no order.</remarks>
public sealed class LateStream<TItem> : LateCall
{
    private readonly IPendingStream<TItem> _pending;

    internal LateStream(IPendingStream<TItem> pending)
        : base(pending) => _pending = pending;

    /// <summary>
    /// Gives the reader an item, in the order in which items are written. It does not wait for the reader: there is a buffer, and
    /// <see cref="LateStreamOptions.WhenFull"/> specifies what follows when that is full.
    /// </summary>
    /// <param name="item">The item.</param>
    /// <returns>False where the stream has ended, which it does with this item where its buffer is full and <see cref="LateStreamOptions.WhenFull"/> is <see cref="LateWhenFull.Fail"/>.</returns>
    public bool Write(TItem item) => _pending.Write(item);

    /// <summary>Ends the stream: the enumeration of its reader ends behind the items that were written.</summary>
    /// <returns>False where the stream had ended already; then nothing changes for its reader.</returns>
    public bool Complete() => _pending.Complete();

    internal override bool TryComplete(object key) => Complete();
}
