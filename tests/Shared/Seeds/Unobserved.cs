namespace Late.Hosting.Tests.Shared.Seeds;

/// <summary>Counts the tasks that failed and that were not observed: the finalizer finds them.</summary>
internal static class Unobserved
{
    private static int s_count;
    private static string s_last = "";

    /// <summary>What the last of them failed with.</summary>
    public static string Last => s_last;

    public static void Watch() => TaskScheduler.UnobservedTaskException += (_, args) =>
    {
        s_last = args.Exception.InnerException?.ToString() ?? "";
        Interlocked.Increment(ref s_count);
    };

    /// <summary>How many there are since the last time.</summary>
    public static int Collect()
    {
        GC.Collect();
        GC.WaitForPendingFinalizers();
        return Interlocked.Exchange(ref s_count, 0);
    }
}
