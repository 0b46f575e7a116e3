namespace Late.Hosting;

/// <summary>The session ended before the call, the post or the send did; or there was no session to begin with.</summary>
public sealed class LateDisconnectedException : LateException
{
    /// <summary>Creates the exception. The library throws it; a fake client throws it in a test.</summary>
    /// <param name="connectionName">The connection's name.</param>
    /// <param name="message">What happened, what is known, and what to do.</param>
    /// <param name="innerException">What caused it; null for nothing.</param>
    public LateDisconnectedException(string connectionName, string message, Exception? innerException = null)
        : base(connectionName, message, innerException)
    {
        HelpLink = HelpPages.Calls;
    }

    /// <summary>The close code that the server sent; null where it sent none.</summary>
    public int? CloseCode { get; init; }

    /// <summary>The reason in the server's close frame; null where it sent none.</summary>
    public string? CloseReason { get; init; }

    /// <summary>True where the connection has made it, which knows whether the handler received the call; false where a handler has, or a test.</summary>
    internal bool IsOfConnection { get; init; }
}
