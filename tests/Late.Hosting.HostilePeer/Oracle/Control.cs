using System.Runtime.InteropServices;

namespace Late.Hosting.HostilePeer.Oracle;

/// <summary>
/// A clock that runs as slowly as the machine does: it counts how often a timer of the thread pool got to run, and a thread
/// on each processor. Bounds are given in its ticks, so that a busy machine delays the judge as it delays the judged: also where
/// one processor is kept by others for seconds, with whatever thread of the client waits there.
/// </summary>
internal static class Control
{
    public static readonly TimeSpan Tick = TimeSpan.FromMilliseconds(10);

    /// <summary>What is added to every bound.</summary>
    public const int Slack = 200;

    // A library that keeps all threads of the pool to itself would stop the clock that it is judged by: of what the threads of
    // its own count, a quarter has passed in any case.
    private const int OwnThreadShare = 4;

    private static readonly ManualResetEventSlim s_never = new();
    private static readonly long[] s_processors = new long[Environment.ProcessorCount];
    private static long s_pool;

    public static long Now
    {
        get
        {
            var slowest = Volatile.Read(ref s_processors[0]);
            for (var i = 1; i < s_processors.Length; i++)
            {
                slowest = Math.Min(slowest, Volatile.Read(ref s_processors[i]));
            }

            return Math.Max(Math.Min(Volatile.Read(ref s_pool), slowest), slowest / OwnThreadShare);
        }
    }

    public static long Ticks(int milliseconds) => (long)Math.Ceiling(milliseconds / Tick.TotalMilliseconds);

    public static void Start()
    {
        _ = Task.Run(CountAsync);
        for (var i = 0; i < s_processors.Length; i++)
        {
            var processor = i;
            new Thread(() => Count(processor)) { IsBackground = true, Name = $"control {processor}" }.Start();
        }
    }

    /// <summary>Blocks a thread of the peer's for a while.</summary>
    public static void Sleep(int ticks = 1) => s_never.Wait(ticks * Tick);

    /// <summary>Waits until so many ticks have passed.</summary>
    public static async Task WaitAsync(long ticks)
    {
        for (var end = Now + ticks; Now < end;)
        {
            await Task.Delay(Tick, TimeProvider.System);
        }
    }

    /// <summary>Waits for a task, for at most so many ticks; false where it has not ended.</summary>
    public static async Task<bool> EndsAsync(Task task, long ticks)
    {
        for (var end = Now + ticks; !task.IsCompleted; await Task.WhenAny(task, Task.Delay(Tick, TimeProvider.System)))
        {
            if (Now > end)
            {
                return false;
            }
        }

        return true;
    }

    /// <summary>Waits for a condition, for at most so many ticks; false where it has not come.</summary>
    public static async Task<bool> ComesAsync(Func<bool> condition, long ticks)
    {
        for (var end = Now + ticks; !condition(); await Task.Delay(Tick, TimeProvider.System))
        {
            if (Now > end)
            {
                return false;
            }
        }

        return true;
    }

    private static async Task CountAsync()
    {
        while (true)
        {
            await Task.Delay(Tick, TimeProvider.System);
            Interlocked.Increment(ref s_pool);
        }
    }

    private static void Count(int processor)
    {
        // Where it is not granted, it counts wherever it runs.
        var mask = 1UL << (processor % 64);
        _ = OperatingSystem.IsLinux() ? SetAffinity(0, sizeof(ulong), ref mask) : 0;
        while (true)
        {
            s_never.Wait(Tick);
            Interlocked.Increment(ref s_processors[processor]);
        }
    }

    [DllImport("libc", EntryPoint = "sched_setaffinity")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int SetAffinity(int thread, nint size, ref ulong mask);
}
