namespace Late.Hosting.IntegrationTests.Support;

/// <summary>Does what its script specifies, and writes down what it went through.</summary>
public sealed class ScriptedHandler : ILateHandler<int>, ILateCallHandler<int, Ask, string>, ILateInfoHandler<int, Note>
{
    private readonly Script _script;

    public ScriptedHandler(Script script, ILateClient<ScriptedHandler> client)
    {
        _script = script;
        script.Client = client;
    }

    public async ValueTask<int> InitAsync(LateContext context, CancellationToken cancellationToken)
    {
        _script.Life.Begin("Init");
        try
        {
            return await _script.Init(context, cancellationToken);
        }
        finally
        {
            _script.Life.End();
        }
    }

    public ValueTask<int> HandleConnectingAsync(LateHandshakeContext handshake, int state, CancellationToken cancellationToken) =>
        _script.Connecting(handshake, state, cancellationToken);

    public ValueTask<LateResult<int>> HandleConnectAsync(LateHandshake handshake, int state, CancellationToken cancellationToken)
    {
        _script.Handshake = handshake;
        return RunAsync("Connect", () => _script.Connect(handshake, state, cancellationToken));
    }

    public ValueTask<LateResult<int>> HandleInAsync(LateFrame frame, int state, CancellationToken cancellationToken) =>
        RunAsync($"In {Shortened(frame)}", () => _script.In(frame, state, cancellationToken));

    public ValueTask<LateResult<int>> HandleCallAsync(Ask request, LateCall<string> call, int state, CancellationToken cancellationToken) =>
        RunAsync($"Call {request.Text}", () => _script.Call(request, call, state, cancellationToken));

    public ValueTask<LateResult<int>> HandleInfoAsync(Note message, int state, CancellationToken cancellationToken) =>
        RunAsync($"Info {message.Text}", () => _script.Info(message, state, cancellationToken));

    public ValueTask<LateResult<int>> HandleClosingAsync(LateClosing closing, int state, CancellationToken cancellationToken) =>
        _script.Closing is { } goodbye ? RunAsync($"Closing {closing.Reason}", () => goodbye(closing, state, cancellationToken)) : LateResult.Ok(state);

    public ValueTask<LateDisconnectResult<int>> HandleDisconnectAsync(LateDisconnect disconnect, int state, CancellationToken cancellationToken)
    {
        _script.Disconnected = disconnect;
        return RunAsync($"Disconnect {disconnect.Reason}", () => _script.Disconnect(disconnect, state, cancellationToken));
    }

    public async ValueTask HandleTerminateAsync(LateTerminateReason reason, int state, CancellationToken cancellationToken)
    {
        _script.Terminated = reason;
        _script.Life.Begin($"Terminate {reason.Kind}");
        try
        {
            await _script.Terminate(reason, state, cancellationToken);
        }
        finally
        {
            _script.Life.End();
        }
    }

    private static string Shortened(LateFrame frame) =>
        frame.Payload.Length > 100 ? $"{frame.Payload.Length} bytes" : frame.IsText ? frame.GetText() : Convert.ToHexString(frame.Payload.Span);

    // What completes synchronously stays so: the connection treats it in another way than what waits.
    private ValueTask<TResult> RunAsync<TResult>(string callback, Func<ValueTask<TResult>> body)
    {
        _script.Life.Begin(callback);
        ValueTask<TResult> running;
        try
        {
            running = body();
        }
        catch
        {
            _script.Life.End();
            throw;
        }

        if (!running.IsCompletedSuccessfully)
        {
            return AwaitAsync(running);
        }

        _script.Life.End();
        return running;
    }

    private async ValueTask<TResult> AwaitAsync<TResult>(ValueTask<TResult> running)
    {
        try
        {
            return await running;
        }
        finally
        {
            _script.Life.End();
        }
    }
}
