namespace Late.Hosting.Benchmarks.Pairs;

/// <summary>Counts what comes, and reports the count.</summary>
internal sealed class MilestoneHandler(Milestones milestones) : ILateHandler<long>
{
    public ValueTask<long> InitAsync(LateContext context, CancellationToken cancellationToken) => new(0);

    public ValueTask<LateResult<long>> HandleInAsync(LateFrame frame, long state, CancellationToken cancellationToken)
    {
        milestones.Passed(state + 1);
        return LateResult.Ok(state + 1);
    }
}
