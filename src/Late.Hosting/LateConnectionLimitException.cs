namespace Late.Hosting;

/// <summary>A supervisor has as many connections as <see cref="LateSupervisorOptions.MaxConnections"/> allows.</summary>
public sealed class LateConnectionLimitException : LateException
{
    /// <summary>Creates the exception. The library throws it; a fake client throws it in a test.</summary>
    /// <param name="connectionName">The connection's name.</param>
    /// <param name="message">What happened, what is known, and what to do.</param>
    /// <param name="innerException">What caused it; null for nothing.</param>
    public LateConnectionLimitException(string connectionName, string message, Exception? innerException = null)
        : base(connectionName, message, innerException)
    {
        HelpLink = HelpPages.Supervisors;
    }
}
