namespace Late.Hosting;

/// <summary>The connection is stopped, or stopping: with the host, or by its handler's result.</summary>
public sealed class LateStoppedException : LateException
{
    /// <summary>Creates the exception. The library throws it; a fake client throws it in a test.</summary>
    /// <param name="connectionName">The connection's name.</param>
    /// <param name="message">What happened, what is known, and what to do.</param>
    /// <param name="innerException">What caused it; null for nothing.</param>
    public LateStoppedException(string connectionName, string message, Exception? innerException = null)
        : base(connectionName, message, innerException)
    {
        HelpLink = HelpPages.Calls;
    }
}
