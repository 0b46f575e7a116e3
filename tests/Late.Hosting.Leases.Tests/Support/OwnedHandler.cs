using System.Globalization;

namespace Late.Hosting.Leases.Tests.Support;

/// <summary>A handler that writes down its callbacks, sends a goodbye, and answers each message with another; a number it publishes.</summary>
internal sealed class OwnedHandler(CallbackTrace trace) : ILateHandler<int>, ILateInfoHandler<int, string>, ILateTopicHandler<int, Numbers, int>
{
    private LateTopic<Numbers, int>? _numbers;

    public ValueTask<int> InitAsync(LateContext context, CancellationToken cancellationToken)
    {
        trace.Write("Init");
        return new(0);
    }

    public ValueTask<int> HandleConnectingAsync(LateHandshakeContext handshake, int state, CancellationToken cancellationToken)
    {
        trace.Write($"Connecting {handshake.Lease?.Name} {handshake.Lease?.Token}");
        return new(state);
    }

    public ValueTask<LateResult<int>> HandleConnectAsync(LateHandshake handshake, int state, CancellationToken cancellationToken) => LateResult.Send(state, LateFrame.Text("hello"));

    public async ValueTask<LateResult<int>> HandleInAsync(LateFrame frame, int state, CancellationToken cancellationToken)
    {
        var text = frame.GetText();
        if (text == "fault")
        {
            return LateResult.Fault(state, "The server wants it.");
        }

        if (text == "last words")
        {
            trace.Write(text);
            return LateResult.Ok(state).ReleaseClose();
        }

        if (int.TryParse(text, CultureInfo.InvariantCulture, out var number))
        {
            _numbers?.Publish(number);
        }

        await trace.Answering;
        return LateResult.Send(state, LateFrame.Text($"re {text}"));
    }

    public ValueTask<LateResult<int>> HandleInfoAsync(string message, int state, CancellationToken cancellationToken) => LateResult.Send(state, LateFrame.Text(message));

    public ValueTask<LateResult<int>> HandleSubscribeAsync(LateTopic<Numbers, int> topic, int state, CancellationToken cancellationToken)
    {
        _numbers = topic;
        return LateResult.Ok(state);
    }

    public ValueTask<LateResult<int>> HandleUnsubscribeAsync(Numbers topic, int state, CancellationToken cancellationToken) => LateResult.Ok(state);

    public async ValueTask<LateResult<int>> HandleClosingAsync(LateClosing closing, int state, CancellationToken cancellationToken)
    {
        trace.Write($"Closing {closing.Reason}");
        await trace.Closing.WaitAsync(cancellationToken);
        var result = LateResult.Send(state, LateFrame.Text("bye"));
        return trace.HoldsClose ? result.HoldClose() : result;
    }

    public ValueTask<LateDisconnectResult<int>> HandleDisconnectAsync(LateDisconnect disconnect, int state, CancellationToken cancellationToken)
    {
        trace.Write($"Disconnect {disconnect.Reason}");
        return LateDisconnectResult.Ok(state);
    }

    public async ValueTask HandleTerminateAsync(LateTerminateReason reason, int state, CancellationToken cancellationToken)
    {
        trace.Write($"Terminate {reason.Kind}");
        await trace.Terminating;
    }
}
