using System.Globalization;
using System.Text.Json;

namespace Late.Hosting.IntegrationTests.Graphql;

/// <summary>A subscription that its readers share, and that every session restores.</summary>
/// <param name="Topic">What it is about.</param>
public sealed record Ticks(string Topic) : ILateTopic<Ticks, int>;

/// <summary>A subscription of one reader, which ends with its session.</summary>
/// <param name="From">Where it begins.</param>
public sealed record Countdown(int From) : ILateStreamRequest<Countdown, int>;

/// <summary>A client of GraphQL over WebSocket (graphql-transport-ws). It has no table, no queue and no flag of its own.</summary>
public sealed class GraphqlHandler : LateHandler<int>,
    ILateSyncTopicBatchHandler<int, Ticks, int>, ILateSyncStreamHandler<int, Countdown, int>, ILateSyncCallEndHandler<int, Countdown>
{
    private readonly LateTopics<int, Ticks, int> _ticks = new();
    private readonly LatePendingCalls _countdowns = new();

    public override int Init(LateContext context) => 0;

    public override LateResult<int> HandleConnect(LateHandshake handshake, int state) =>
        LateResult.Send(state, LateFrame.Text("""{"type":"connection_init"}""")).HoldCalls();

    public LateResult<int> HandleSubscribe(IReadOnlyList<LateTopic<Ticks, int>> topics, int state) => LateResult.Send(state, [.. topics.Select(Subscribe)]);

    public LateResult<int> HandleUnsubscribe(Ticks topic, int state) => _ticks.TryGetKey(topic, out var id) ? Complete(state, id) : LateResult.Ok(state);

    public LateResult<int> HandleStream(Countdown request, LateStream<int> stream, int state) =>
        LateResult.Send(state, Subscribe(_countdowns.Add(stream), $"countdown(from: {request.From})"));

    public LateResult<int> HandleCallEnd(LateCallEnd<Countdown> end, int state) =>
        _countdowns.TryGetKey(end.Call, out var id) ? Complete(state, id).ReleaseSlot() : LateResult.Ok(state);

    public override LateResult<int> HandleIn(LateFrame frame, int state)
    {
        using var document = JsonDocument.Parse(frame.Payload);
        var message = document.RootElement;
        switch (message.GetProperty("type").GetString())
        {
            case "connection_ack":
                return LateResult.Ok(state).ReleaseCalls();
            case "ping":
                return LateResult.Send(state, LateFrame.Text("""{"type":"pong"}"""));
            case var type when message.TryGetProperty("id", out var id):
                Handle(type, int.Parse(id.GetString()!, CultureInfo.InvariantCulture), message);
                break;
        }

        return LateResult.Ok(state);
    }

    private static LateFrame Subscribe(int id, string field) =>
        LateFrame.Text($$$"""{"id":"{{{id}}}","type":"subscribe","payload":{"query":"subscription { {{{field}}} }"}}""");

    private static LateResult<int> Complete(int state, int id) => LateResult.Send(state, LateFrame.Text($$"""{"id":"{{id}}","type":"complete"}"""));

    private LateFrame Subscribe(LateTopic<Ticks, int> topic)
    {
        var id = _countdowns.NewId();
        _ticks.Add(id, topic);
        return Subscribe(id, $"ticks(topic: \\\"{topic.Key.Topic}\\\")");
    }

    private void Handle(string? type, int id, JsonElement message) => _ = type switch
    {
        "next" => Next(id, message.GetProperty("payload").GetProperty("data")),
        "complete" => _ticks.Complete(id) || _countdowns.Complete(id),
        _ => _ticks.Fail(id, ToException(message)) || _countdowns.Fail(id, ToException(message)),
    };

    private bool Next(int id, JsonElement data) => data.TryGetProperty("ticks", out var ticks)
        ? _ticks.Publish(id, ticks.GetInt32())
        : _countdowns.Write(id, data.GetProperty("countdown").GetInt32());

    private static InvalidDataException ToException(JsonElement message) => new(message.GetProperty("payload")[0].GetProperty("message").GetString());
}
