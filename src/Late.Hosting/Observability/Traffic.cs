using Late.Hosting.Connection.Lifecycle;

namespace Late.Hosting.Observability;

/// <summary>What has been sent and received.</summary>
internal readonly record struct Traffic(long FramesReceived, long FramesSent, long BytesReceived, long BytesSent)
{
    /// <summary>That of a connection; none where there is none.</summary>
    public static Traffic Of(ConnectionCore? connection) => connection?.Statistics is { } counts
        ? new(counts.FramesReceived, counts.FramesSent, counts.BytesReceived, counts.BytesSent)
        : default;

    public static Traffic operator +(Traffic one, Traffic other) => new(
        one.FramesReceived + other.FramesReceived, one.FramesSent + other.FramesSent, one.BytesReceived + other.BytesReceived, one.BytesSent + other.BytesSent);
}
