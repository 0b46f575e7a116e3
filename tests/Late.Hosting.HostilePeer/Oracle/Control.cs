namespace Late.Hosting.HostilePeer.Oracle;

/// <summary>
/// A clock that runs as slowly as the machine does: it counts how often a timer of the thread pool got its turn. Bounds are
/// told in its ticks, so that a busy machine delays the judge as it delays the judged.
/// </summary>
internal static class Control
{
    public static readonly TimeSpan Tick = TimeSpan.FromMilliseconds(10);

    /// <summary>What is added to every bound.</summary>
    public const int Slack = 200;

    // A library that keeps all threads of the pool to itself would stop the clock that it is judged by: a thread of its own
    // counts too, and a quarter of what it counts has passed in any case.
    private const int OwnThreadShare = 4;

    private static readonly ManualResetEventSlim s_never = new();
    private static long s_pool;
    private static long s_thread;

    public static long Now => Math.Max(Volatile.Read(ref s_pool), Volatile.Read(ref s_thread) / OwnThreadShare);

    public static long Ticks(int milliseconds) => (long)Math.Ceiling(milliseconds / Tick.TotalMilliseconds);

    public static void Start()
    {
        _ = Task.Run(CountAsync);
        new Thread(Count) { IsBackground = true, Name = "control" }.Start();
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

    private static void Count()
    {
        while (true)
        {
            s_never.Wait(Tick);
            Interlocked.Increment(ref s_thread);
        }
    }
}
