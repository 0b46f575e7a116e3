namespace Late.Hosting;

/// <summary>The life of a call inside the connection, as a <see cref="LateCall"/> sees it.</summary>
internal interface IPendingCall
{
    bool IsEnded { get; }

    /// <summary>The last entry that keeps the call, also after its end; null where none has.</summary>
    IKeptCall? Kept { get; }

    /// <summary>The number of its session; 0 before the handler has received it.</summary>
    long Session { get; }

    /// <summary>Fails the call; false where it has ended.</summary>
    bool Fail(Exception exception);

    /// <summary>Adds an entry that is notified when the call ends, however it ends; immediately where it has.</summary>
    void Keep(IKeptCall entry);

    /// <summary>The error of a reply of another type than the caller waits for.</summary>
    /// <param name="key">The key under which the call waits.</param>
    /// <param name="reply">The type of the reply.</param>
    InvalidOperationException OtherReply(object key, Type reply);
}
