namespace Late.Hosting;

/// <summary>The connection has failed permanently and makes no further attempt; the inner exception is the cause.</summary>
public sealed class LateFaultedException : LateException
{
    /// <summary>Creates the exception. The library throws it; a fake client throws it in a test.</summary>
    /// <param name="connectionName">The connection's name.</param>
    /// <param name="message">What happened, what is known, and what to do.</param>
    /// <param name="innerException">Why the connection is faulted; null where that is not known.</param>
    public LateFaultedException(string connectionName, string message, Exception? innerException = null)
        : base(connectionName, message, innerException)
    {
        HelpLink = HelpPages.Faults;
    }
}
