namespace Late.Hosting.Connection.Sending;

/// <summary>A frame that waits for the send limit, with memory of its own.</summary>
/// <param name="Frame">The frame.</param>
/// <param name="Bytes">How many bytes count.</param>
/// <param name="Sender">Notified when it is written; null for a frame of a result.</param>
/// <param name="Since">When it began to wait.</param>
internal sealed record WaitingFrame(LateFrame Frame, long Bytes, SendItem? Sender, long Since)
{
    /// <summary>True for the last frame of <c>HandleConnect</c>: when it has left, the session may be ready.</summary>
    public bool IsLastOfConnect { get; set; }
}
