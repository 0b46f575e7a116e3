using System.Text.Json.Serialization.Metadata;
using Microsoft.Extensions.Logging;

namespace Late.Hosting.AotSmoke;

/// <summary>
/// Asks the server, and finds the call that an answer belongs to. It has callbacks of both forms, and takes messages as values.
/// </summary>
internal sealed partial class SmokeHandler(ILogger<SmokeHandler> logger) :
    LateHandler<SmokeState>,
    ILateSyncCallHandler<SmokeState, Ask, Answer>,
    ILateSyncStreamHandler<SmokeState, Letters, char>,
    ILateSyncTopicHandler<SmokeState, Shouts, string>,
    ILateInfoHandler<SmokeState, Shout>,
    ILateSyncMessageHandler<SmokeState, FeedMessage>
{
    private readonly LateTopics<int, Shouts, string> _shouts = new();

    public JsonTypeInfo<FeedMessage> MessageTypeInfo => SmokeJson.Default.FeedMessage;

    public override SmokeState Init(LateContext context) => new(0, [], new LatePendingCalls());

    public override async ValueTask<LateResult<SmokeState>> HandleConnectAsync(LateHandshake handshake, SmokeState state, CancellationToken cancellationToken)
    {
        await Task.Yield();
        LogConnected(handshake.SubProtocol);
        return LateResult.Ok(state with { Sessions = state.Sessions + 1 });
    }

    public LateResult<SmokeState> HandleCall(Ask request, LateCall<Answer> call, SmokeState state) =>
        LateResult.Send(state, LateFrame.Json(new Message(state.Pending.Add(call), request.Text), SmokeJson.Default.Message));

    public LateResult<SmokeState> HandleStream(Letters request, LateStream<char> stream, SmokeState state) =>
        LateResult.Send(state, LateFrame.Json(new Message(state.Pending.Add(stream), $"#{request.Text}"), SmokeJson.Default.Message));

    public LateResult<SmokeState> HandleSubscribe(LateTopic<Shouts, string> topic, SmokeState state)
    {
        _shouts.Add(topic.Key.Length, topic);
        return LateResult.Ok(state);
    }

    public LateResult<SmokeState> HandleUnsubscribe(Shouts topic, SmokeState state) => LateResult.Ok(state);

    public ValueTask<LateResult<SmokeState>> HandleInfoAsync(Shout message, SmokeState state, CancellationToken cancellationToken) =>
        LateResult.Send(state, [LateFrame.Json(new Message(0, message.Text), SmokeJson.Default.Message)]);

    public LateResult<SmokeState> HandleMessage(FeedMessage message, SmokeState state)
    {
        if (message is Reply { Text: ['#', .. var letters] } stream)
        {
            foreach (var letter in letters)
            {
                state.Pending.Write(stream.Id, letter);
            }

            state.Pending.Complete(stream.Id);
        }
        else if (message is Reply reply)
        {
            state.Pending.Reply(reply.Id, new Answer(reply.Text, state.Sessions, string.Join(' ', state.Received)));
        }

        return LateResult.Ok(state);
    }

    public override LateResult<SmokeState> HandleIn(LateFrame frame, SmokeState state)
    {
        var text = frame.ReadJson(SmokeJson.Default.Message)!.Text;
        _shouts.Publish(text.Length, text);
        return LateResult.Ok(state with { Received = [.. state.Received, text] });
    }

    [LoggerMessage(1, LogLevel.Information, "Connected with sub-protocol {SubProtocol}.")]
    private partial void LogConnected(string? subProtocol);
}
