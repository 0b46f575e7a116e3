using Late.Hosting.Connection.Topics;

namespace Late.Hosting.Connection.Streams;

/// <summary>Refuses options of a stream that cannot be used.</summary>
internal static class StreamCheck
{
    public static void Options(in LateStreamOptions options)
    {
        CapacityCheck.Require(options.Capacity, "stream", nameof(options));
        if (!Enum.IsDefined(options.WhenFull) || !Enum.IsDefined(options.WhenLost) || options.WhenNotReady is { } whenNotReady && !Enum.IsDefined(whenNotReady))
        {
            throw new ArgumentOutOfRangeException(nameof(options), options, "WhenFull, WhenLost and WhenNotReady of a stream are values of their types.");
        }
    }
}
