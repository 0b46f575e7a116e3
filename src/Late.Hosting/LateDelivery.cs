namespace Late.Hosting;

/// <summary>What is known of a call, a post or a frame that failed.</summary>
public enum LateDelivery
{
    /// <summary>The handler saw it, or the frame was handed to the socket: the server may have it.</summary>
    Unknown,

    /// <summary>The handler never saw it, and nothing was sent: it is safe to retry.</summary>
    NotDelivered,
}
