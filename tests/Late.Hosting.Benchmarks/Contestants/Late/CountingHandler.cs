using Late.Hosting.Benchmarks.Measuring;

namespace Late.Hosting.Benchmarks.Contestants.Late;

/// <summary>Counts what comes.</summary>
internal sealed class CountingHandler(Counter counter) : ILateHandler<long>
{
    public ValueTask<long> InitAsync(LateContext context, CancellationToken cancellationToken) => new(0);

    public ValueTask<LateResult<long>> HandleInAsync(LateFrame frame, long state, CancellationToken cancellationToken)
    {
        counter.Increment();
        return LateResult.Ok(state + 1);
    }
}
