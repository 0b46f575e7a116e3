namespace Late.Hosting;

/// <summary>A supervisor was asked to start a connection under a key that has one.</summary>
public sealed class LateKeyInUseException : LateException
{
    /// <summary>Creates the exception. The library throws it; a fake client throws it in a test.</summary>
    /// <param name="connectionName">The connection's name.</param>
    /// <param name="message">What happened, what is known, and what to do.</param>
    /// <param name="innerException">What caused it; null for nothing.</param>
    public LateKeyInUseException(string connectionName, string message, Exception? innerException = null)
        : base(connectionName, message, innerException)
    {
        HelpLink = HelpPages.Supervisors;
    }
}
