namespace Late.Hosting.Observability;

/// <summary>What has been sent and received, and what readers of topics have lost.</summary>
internal readonly record struct Traffic(long FramesReceived, long FramesSent, long BytesReceived, long BytesSent, long ItemsDropped)
{
    public static Traffic operator +(Traffic one, Traffic other) => new(
        one.FramesReceived + other.FramesReceived, one.FramesSent + other.FramesSent, one.BytesReceived + other.BytesReceived, one.BytesSent + other.BytesSent,
        one.ItemsDropped + other.ItemsDropped);
}
