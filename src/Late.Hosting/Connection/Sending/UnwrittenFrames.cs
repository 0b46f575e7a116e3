namespace Late.Hosting.Connection.Sending;

/// <summary>The frames of one session that count against the send limit and are not written yet; under the window's lock.</summary>
internal sealed class UnwrittenFrames
{
    public long Frames { get; set; }

    public long Bytes { get; set; }

    /// <summary>True when the session writes nothing any more.</summary>
    public bool IsOver { get; set; }
}
