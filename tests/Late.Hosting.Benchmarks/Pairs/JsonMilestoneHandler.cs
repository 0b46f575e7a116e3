namespace Late.Hosting.Benchmarks.Pairs;

/// <summary>Reads each frame as a trade itself, whatever its discriminator, and reports their count.</summary>
internal sealed class JsonMilestoneHandler(Milestones milestones) : LateHandler<long>
{
    public override long Init(LateContext context) => 0;

    public override LateResult<long> HandleIn(LateFrame frame, long state)
    {
        if (frame.ReadJson(FeedJson.Default.Trade) is not null)
        {
            milestones.Passed(++state);
        }

        return LateResult.Ok(state);
    }
}
