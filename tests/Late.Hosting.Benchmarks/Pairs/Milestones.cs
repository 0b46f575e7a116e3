namespace Late.Hosting.Benchmarks.Pairs;

/// <summary>Notes the CPU time and the allocated bytes when so many messages have come, and when so many more have.</summary>
internal sealed class Milestones(long first, long last)
{
    private readonly TaskCompletionSource<(double Cpu, long Bytes)> _used = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private (double Cpu, long Bytes) _began;

    /// <summary>The CPU time between the two, in nanoseconds, and what was allocated between them.</summary>
    public Task<(double Cpu, long Bytes)> UsedAsync() => _used.Task;

    public void Passed(long count)
    {
        if (count == first)
        {
            _began = (CpuRun.Cpu(), GC.GetTotalAllocatedBytes());
        }
        else if (count == last)
        {
            _used.TrySetResult((CpuRun.Cpu() - _began.Cpu, GC.GetTotalAllocatedBytes() - _began.Bytes));
        }
    }
}
