namespace Late.Hosting;

/// <summary>A call had no reply, a post no room or a frame no socket within its time.</summary>
public sealed class LateCallTimeoutException : TimeoutException
{
    /// <summary>Creates the exception. The library throws it; a fake client throws it in a test.</summary>
    /// <param name="connectionName">The connection's name.</param>
    /// <param name="message">What happened, what is known, and what to do.</param>
    /// <param name="innerException">What caused it; null for nothing.</param>
    public LateCallTimeoutException(string connectionName, string message, Exception? innerException = null)
        : base(message, innerException)
    {
        ArgumentNullException.ThrowIfNull(connectionName);
        ConnectionName = connectionName;
        HelpLink = HelpPages.Calls;
    }

    /// <summary>The connection's name.</summary>
    public string ConnectionName { get; }

    /// <summary>What is known of the call, the post or the frame.</summary>
    public LateDelivery Delivery { get; init; } = LateDelivery.NotDelivered;

    /// <summary>True where the connection has made it, which knows whether the handler received the call; false where a handler has, or a test.</summary>
    internal bool IsOfConnection { get; init; }
}
