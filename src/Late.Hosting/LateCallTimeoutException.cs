namespace Late.Hosting;

/// <summary>A call had no reply, a post no room or a frame no socket within its time.</summary>
public sealed class LateCallTimeoutException : TimeoutException
{
    internal LateCallTimeoutException(string connectionName, string message, LateDelivery delivery)
        : base(message)
    {
        ConnectionName = connectionName;
        Delivery = delivery;
    }

    /// <summary>The connection's name.</summary>
    public string ConnectionName { get; }

    /// <summary>What is known of the call, the post or the frame.</summary>
    public LateDelivery Delivery { get; }
}
