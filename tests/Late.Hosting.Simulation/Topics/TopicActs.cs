using Late.Hosting.Simulation.Handling;
using Late.Hosting.Simulation.Worlds;

namespace Late.Hosting.Simulation.Topics;

/// <summary>What a handler does about topics: it subscribes, unsubscribes, and keeps them under the keys of the wire.</summary>
internal sealed class TopicActs(Subject subject, Acts acts, Func<long?> session)
{
    private readonly LateTopics<int, Quote, long> _quotes = new();
    private readonly LateTopics<Trade, long> _trades = new();

    /// <summary>How many it keeps.</summary>
    public int Count => _quotes.Count + _trades.Count;

    public ValueTask<LateResult<long>> HandleAsync(LateTopic<Quote, long> topic, long state, CancellationToken cancellationToken)
    {
        subject.Life.Enter("Subscribe", state);
        CheckSession(topic.Session);
        _quotes.Add(topic.Key.Number, topic);
        var live = new LiveTopic(
            topic.Key.Number, acts.Session, topic.Publish, item => _quotes.Publish(topic.Key.Number, item), topic.Confirm, topic.Fail, () => topic.IsEnded);
        return SubscribeAsync([live], cancellationToken);
    }

    public ValueTask<LateResult<long>> HandleAsync(IReadOnlyList<LateTopic<Trade, long>> topics, long state, CancellationToken cancellationToken)
    {
        subject.Life.Enter("Subscribe", state);
        return SubscribeAsync([.. topics.Select(Keep)], cancellationToken);
    }

    public ValueTask<LateResult<long>> HandleAsync(Quote topic, long state, CancellationToken cancellationToken) =>
        UnsubscribeAsync(topic.Number, _quotes.TryGetKey(topic, out _), state, cancellationToken);

    public ValueTask<LateResult<long>> HandleAsync(Trade topic, long state, CancellationToken cancellationToken) =>
        UnsubscribeAsync(topic.Number, _trades.TryGetKey(topic, out _), state, cancellationToken);

    private LiveTopic Keep(LateTopic<Trade, long> topic)
    {
        CheckSession(topic.Session);
        var id = _trades.Add(topic);
        return new LiveTopic(topic.Key.Number, acts.Session, topic.Publish, item => _trades.Publish(id, item), topic.Confirm, topic.Fail, () => topic.IsEnded);
    }

    private TopicSet Topics => subject.Topics!;

    private void CheckSession(long of) => subject.Verdict.Require(of == session(), "P20", $"the handler subscribes in session {session()} to a topic of session {of}");

    private async ValueTask<LateResult<long>> SubscribeAsync(IReadOnlyList<LiveTopic> topics, CancellationToken cancellationToken)
    {
        try
        {
            subject.Verdict.Require(acts.IsReady, "P7", $"the handler subscribes to {topics.Count} topics before the session is ready");
            foreach (var topic in topics)
            {
                Topics.Of(topic).OnSubscribe(topic, acts.Session);
            }

            var outcome = await acts.TakeTimeAsync("Subscribe", cancellationToken);
            var before = acts.Frames;
            var result = acts.Conclude("Subscribe", outcome, onThrown: _ => Each(topics, static (model, live) => model.OnThrown(live)));
            var holds = subject.World.Chances.Readers.Chance(Topics.Plan.HoldsPercent);
            Each(topics, (_, live) => live.LastFrame = holds ? null : acts.Frames == before ? 0 : acts.Frames);
            return holds ? result.HoldConfirm() : result;
        }
        finally
        {
            subject.Life.Leave();
        }
    }

    private async ValueTask<LateResult<long>> UnsubscribeAsync(int number, bool isKept, long state, CancellationToken cancellationToken)
    {
        subject.Life.Enter("Unsubscribe", state);
        try
        {
            Topics[number].OnUnsubscribe(acts.Session);
            subject.Verdict.Require(isKept, "P20", $"topic {number} is unsubscribed from, and the handler's table has no key for it");
            return acts.Conclude("Unsubscribe", await acts.TakeTimeAsync("Unsubscribe", cancellationToken));
        }
        finally
        {
            subject.Life.Leave();
        }
    }

    private void Each(IReadOnlyList<LiveTopic> topics, Action<TopicModel, LiveTopic> act)
    {
        foreach (var topic in topics)
        {
            act(Topics.Of(topic), topic);
        }
    }
}
