namespace Late.Hosting.Connection.Streams;

/// <summary>Refuses options of a stream that cannot be used.</summary>
internal static class StreamCheck
{
    private const int LargestCapacity = 1 << 20;

    public static void Options(in LateStreamOptions options)
    {
        if (options.Capacity is { } capacity and (< 1 or > LargestCapacity))
        {
            throw new ArgumentOutOfRangeException(nameof(options), capacity, "The Capacity of a stream is from 1 to 1,048,576 items.");
        }

        if (!Enum.IsDefined(options.WhenFull) || !Enum.IsDefined(options.WhenLost) || options.WhenNotReady is { } whenNotReady && !Enum.IsDefined(whenNotReady))
        {
            throw new ArgumentOutOfRangeException(nameof(options), options, "WhenFull, WhenLost and WhenNotReady of a stream are values of their types.");
        }
    }
}
