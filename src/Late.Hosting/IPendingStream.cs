namespace Late.Hosting;

/// <summary>The life of a stream inside the connection, as a <see cref="LateStream{TItem}"/> sees it.</summary>
/// <typeparam name="TItem">The type of its items.</typeparam>
internal interface IPendingStream<TItem> : IPendingCall
{
    /// <summary>Gives the reader an item; false where the stream has ended.</summary>
    bool Write(TItem item);

    /// <summary>Ends the stream behind its items; false where it has ended.</summary>
    bool Complete();
}
