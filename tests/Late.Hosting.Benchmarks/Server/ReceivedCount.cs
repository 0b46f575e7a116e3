namespace Late.Hosting.Benchmarks.Server;

/// <summary>How many messages clients have sent, all together.</summary>
internal static class ReceivedCount
{
    private static long s_count;

    public static long Value => Interlocked.Read(ref s_count);

    public static void Add(long count) => Interlocked.Add(ref s_count, count);
}
