namespace Late.Hosting;

/// <summary>Items of a subscription or a stream are missing in this place: the connection was interrupted, or the reader was slower than its items.</summary>
public sealed class LateGapException : LateException
{
    /// <summary>Creates the exception. The library throws it; a fake client throws it in a test.</summary>
    /// <param name="connectionName">The connection's name.</param>
    /// <param name="message">What happened, what is known, and what to do.</param>
    /// <param name="innerException">What caused it; null for nothing.</param>
    public LateGapException(string connectionName, string message, Exception? innerException = null)
        : base(connectionName, message, innerException) => HelpLink = HelpPages.Topics;

    /// <summary>How many items are missing; null where the connection was interrupted, and that is not known.</summary>
    public long? Dropped { get; init; }
}
