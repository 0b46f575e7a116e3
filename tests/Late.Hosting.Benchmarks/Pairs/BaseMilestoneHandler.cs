namespace Late.Hosting.Benchmarks.Pairs;

/// <summary>Counts what comes, and reports the count: the synchronous form.</summary>
internal sealed class BaseMilestoneHandler(Milestones milestones) : LateHandler<long>
{
    public override long Init(LateContext context) => 0;

    public override LateResult<long> HandleIn(LateFrame frame, long state)
    {
        milestones.Passed(state + 1);
        return LateResult.Ok(state + 1);
    }
}
