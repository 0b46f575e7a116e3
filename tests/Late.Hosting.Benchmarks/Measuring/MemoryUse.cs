using System.Globalization;

namespace Late.Hosting.Benchmarks.Measuring;

/// <summary>What is in use, in bytes.</summary>
/// <param name="Private">Resident in this process, and shared with no other.</param>
/// <param name="Heap">Of it, managed objects.</param>
/// <param name="Kernel">What the kernel holds of small objects and of bytes in sockets, for all processes: both ends of a connection.</param>
internal readonly record struct MemoryUse(long Private, long Heap, long Kernel)
{
    private static readonly TimeSpan s_quiet = TimeSpan.FromSeconds(2);

    /// <summary>Looks after a quiet time, when all garbage is gone.</summary>
    public static async Task<MemoryUse> LookAsync()
    {
        await Task.Delay(s_quiet, TimeProvider.System);
        for (int i = 0; i < 3; i++)
        {
            GC.Collect(GC.MaxGeneration, GCCollectionMode.Aggressive, blocking: true, compacting: true);
            GC.WaitForPendingFinalizers();
        }

        return new MemoryUse(PrivateBytes(), GC.GetTotalMemory(forceFullCollection: true), KernelBytes());
    }

    public static MemoryUse operator -(MemoryUse after, MemoryUse before) =>
        new(after.Private - before.Private, after.Heap - before.Heap, after.Kernel - before.Kernel);

    // Elsewhere than on Linux the working set has to do.
    private static long PrivateBytes()
    {
        if (!OperatingSystem.IsLinux())
        {
            return Environment.WorkingSet;
        }

        var pages = File.ReadAllText("/proc/self/statm").Split(' ');
        return (Parse(pages[1]) - Parse(pages[2])) * Environment.SystemPageSize;
    }

    private static long KernelBytes() => OperatingSystem.IsLinux()
        ? (1024 * Number("/proc/meminfo", "Slab:", "Slab:")) + (Environment.SystemPageSize * Number("/proc/net/sockstat", "TCP:", "mem"))
        : 0;

    // The word behind a name, in the line that begins so.
    private static long Number(string file, string line, string name)
    {
        var words = File.ReadLines(file).First(text => text.StartsWith(line, StringComparison.Ordinal)).Split(' ', StringSplitOptions.RemoveEmptyEntries);
        return Parse(words[Array.IndexOf(words, name) + 1]);
    }

    private static long Parse(string number) => long.Parse(number, CultureInfo.InvariantCulture);
}
