namespace Late.Hosting.Benchmarks.Topics;

/// <summary>Keeps its topics where the measurement publishes to them.</summary>
internal sealed class TickHandler(LateTopics<string, Tick, long> topics) : LateHandler<int>, ILateSyncTopicHandler<int, Tick, long>, ILateSyncCallHandler<int, InCallback, bool>
{
    public override int Init(LateContext context) => 0;

    public LateResult<int> HandleSubscribe(LateTopic<Tick, long> topic, int state)
    {
        topics.Add(topic.Key.Symbol, topic);
        return LateResult.Ok(state);
    }

    public LateResult<int> HandleUnsubscribe(Tick topic, int state) => LateResult.Ok(state);

    public LateResult<int> HandleCall(InCallback request, LateCall<bool> call, int state)
    {
        request.Work();
        call.Reply(true);
        return LateResult.Ok(state);
    }
}
