using Microsoft.Extensions.Logging;

namespace Late.Hosting.AotSmoke;

/// <summary>Asks the server, and finds the call that an answer belongs to.</summary>
internal sealed partial class SmokeHandler(ILogger<SmokeHandler> logger) :
    ILateHandler<SmokeState>, ILateCallHandler<SmokeState, Ask, Answer>, ILateInfoHandler<SmokeState, Shout>
{
    public ValueTask<SmokeState> InitAsync(LateContext context, CancellationToken cancellationToken) => new(new SmokeState(0, new LatePendingCalls()));

    public ValueTask<LateResult<SmokeState>> HandleConnectAsync(LateHandshake handshake, SmokeState state, CancellationToken cancellationToken)
    {
        LogConnected(handshake.SubProtocol);
        return LateResult.Ok(state with { Sessions = state.Sessions + 1 });
    }

    public ValueTask<LateResult<SmokeState>> HandleCallAsync(Ask request, LateCall<Answer> call, SmokeState state, CancellationToken cancellationToken) =>
        LateResult.Send(state, LateFrame.Json(new Message(state.Pending.Add(call), request.Text), SmokeJson.Default.Message));

    public ValueTask<LateResult<SmokeState>> HandleInfoAsync(Shout message, SmokeState state, CancellationToken cancellationToken) =>
        LateResult.Send(state, [LateFrame.Json(new Message(0, message.Text), SmokeJson.Default.Message)]);

    public ValueTask<LateResult<SmokeState>> HandleInAsync(LateFrame frame, SmokeState state, CancellationToken cancellationToken)
    {
        var message = frame.ReadJson(SmokeJson.Default.Message)!;
        state.Pending.Reply(message.Id, new Answer(message.Text, state.Sessions));
        return LateResult.Ok(state);
    }

    [LoggerMessage(1, LogLevel.Information, "Connected with sub-protocol {SubProtocol}.")]
    private partial void LogConnected(string? subProtocol);
}
