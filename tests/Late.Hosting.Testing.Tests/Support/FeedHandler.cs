using System.Globalization;

namespace Late.Hosting.Testing.Tests.Support;

/// <summary>A topic of the server.</summary>
public sealed record Feed(string Name) : ILateTopic<Feed, int>;

/// <summary>A request with many replies.</summary>
public sealed record Count100(string Name) : ILateStreamRequest<Count100, int>;

/// <summary>Subscribes to topics, whose items come as "name number" and whose confirmation as "name ok"; and counts, as "#id number" and "#id end".</summary>
/// <param name="holds">Whether the server confirms topics.</param>
public sealed class FeedHandler(bool holds = false) : LateHandler<int>,
    ILateSyncTopicHandler<int, Feed, int>, ILateSyncStreamHandler<int, Count100, int>, ILateSyncCallEndHandler<int, Count100>
{
    private readonly LateTopics<string, Feed, int> _topics = new();
    private readonly LatePendingCalls _streams = new();

    public override int Init(LateContext context) => 0;

    public LateResult<int> HandleSubscribe(LateTopic<Feed, int> topic, int state)
    {
        _topics.Add(topic.Key.Name, topic);
        var result = LateResult.Send(state, LateFrame.Text($"sub {topic.Key.Name}"));
        return holds ? result.HoldConfirm() : result;
    }

    public LateResult<int> HandleUnsubscribe(Feed topic, int state) => LateResult.Send(state, LateFrame.Text($"unsub {topic.Name}"));

    public LateResult<int> HandleStream(Count100 request, LateStream<int> stream, int state) =>
        request.Name == "bad" ? throw new FormatException("bad count") : LateResult.Send(state, LateFrame.Text($"count {_streams.Add(stream)} {request.Name}"));

    public LateResult<int> HandleCallEnd(LateCallEnd<Count100> end, int state) =>
        _streams.TryGetKey(end.Call, out var id) ? LateResult.Send(state, LateFrame.Text($"cancel {id}: {end.Reason}")) : LateResult.Ok(state);

    public override LateResult<int> HandleIn(LateFrame frame, int state)
    {
        var words = frame.GetText().Split(' ');
        var id = words[0].StartsWith('#') ? int.Parse(words[0][1..], CultureInfo.InvariantCulture) : 0;
        _ = (id, words[1]) switch
        {
            (0, "ok") => _topics.Confirm(words[0]),
            (0, "no") => _topics.Fail(words[0], new InvalidOperationException("refused")),
            (0, var number) => _topics.Publish(words[0], int.Parse(number, CultureInfo.InvariantCulture)),
            (_, "end") => _streams.Complete(id),
            (_, var number) => _streams.Write(id, int.Parse(number, CultureInfo.InvariantCulture)),
        };
        return LateResult.Ok(state);
    }
}
