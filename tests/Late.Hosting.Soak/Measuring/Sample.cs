using System.Diagnostics;
using Late.Hosting.Soak.Load;

namespace Late.Hosting.Soak.Measuring;

/// <summary>What the process has done and what it holds, after a full collection.</summary>
internal sealed record Sample(
    TimeSpan At, long Messages, long Calls, long Reconnects, long WorkingSet, long Heap, int Handles, int Threads, long Queue, long Buffers, long Timers)
{
    public static Sample Take(TimeSpan at, Counters counters, RentedBuffers buffers)
    {
        GC.Collect(GC.MaxGeneration, GCCollectionMode.Aggressive, blocking: true, compacting: true);
        GC.WaitForPendingFinalizers();
        GC.Collect(GC.MaxGeneration, GCCollectionMode.Aggressive, blocking: true, compacting: true);
        using var self = Process.GetCurrentProcess();
        return new Sample(
            at,
            counters.Messages,
            counters.Answers + counters.Failures,
            Math.Max(0, counters.Sessions - SoakHost.Connections),
            self.WorkingSet64,
            GC.GetTotalMemory(forceFullCollection: false),
            self.HandleCount,
            self.Threads.Count,
            ThreadPool.PendingWorkItemCount,
            buffers.Count,
            Timer.ActiveCount);
    }
}
