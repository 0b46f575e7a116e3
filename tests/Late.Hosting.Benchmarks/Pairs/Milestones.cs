namespace Late.Hosting.Benchmarks.Pairs;

/// <summary>Notes the CPU time when so many messages have come, and when so many more have.</summary>
internal sealed class Milestones(long first, long last)
{
    private readonly TaskCompletionSource<double> _cpu = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private double _began;

    /// <summary>The CPU time between the two, in nanoseconds.</summary>
    public Task<double> CpuAsync() => _cpu.Task;

    public void Passed(long count)
    {
        if (count == first)
        {
            _began = CpuRun.Cpu();
        }
        else if (count == last)
        {
            _cpu.TrySetResult(CpuRun.Cpu() - _began);
        }
    }
}
