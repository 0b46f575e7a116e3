namespace Late.Hosting;

/// <summary>What is known of a call, a post or a frame that failed.</summary>
public enum LateDelivery
{
    /// <summary>The handler received it, or the frame was passed to the socket: the server may have received it.</summary>
    Unknown,

    /// <summary>The handler did not receive it, and nothing was sent: it is safe to retry.</summary>
    NotDelivered,
}
