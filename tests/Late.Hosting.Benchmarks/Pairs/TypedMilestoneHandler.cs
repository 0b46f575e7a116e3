using System.Text.Json.Serialization.Metadata;

namespace Late.Hosting.Benchmarks.Pairs;

/// <summary>Takes trades as values, and reports their count.</summary>
internal sealed class TypedMilestoneHandler(Milestones milestones) : LateHandler<long>, ILateSyncMessageHandler<long, FeedMessage>
{
    public JsonTypeInfo<FeedMessage> MessageTypeInfo => FeedJson.Default.FeedMessage;

    public override long Init(LateContext context) => 0;

    public LateResult<long> HandleMessage(FeedMessage message, long state)
    {
        if (message is Trade)
        {
            milestones.Passed(++state);
        }

        return LateResult.Ok(state);
    }
}
