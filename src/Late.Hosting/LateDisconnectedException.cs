namespace Late.Hosting;

/// <summary>The session ended before the call, the post or the send did; or there was no session to begin with.</summary>
public sealed class LateDisconnectedException : LateException
{
    internal LateDisconnectedException(string connectionName, string message, Exception? innerException = null)
        : base(connectionName, message, innerException)
    {
    }

    /// <summary>The close code that the server sent; null where it sent none.</summary>
    public int? CloseCode { get; internal init; }

    /// <summary>The reason in the server's close frame; null where it sent none.</summary>
    public string? CloseReason { get; internal init; }
}
