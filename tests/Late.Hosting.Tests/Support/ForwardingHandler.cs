namespace Late.Hosting.Tests.Support;

internal sealed record Ask(string Text) : ILateRequest<Ask, string>;

/// <summary>A request of whose end without a reply the handler is notified.</summary>
internal sealed record Watched(string Text) : ILateRequest<Watched, string>;

/// <summary>A request with many replies, of whose end without the last one the handler is notified.</summary>
internal sealed record Talk(string Text) : ILateStreamRequest<Talk, int>;

/// <summary>A topic that the handler subscribes to one by one.</summary>
internal sealed record Ticker(string Symbol) : ILateTopic<Ticker, int>;

/// <summary>A topic that the handler subscribes to in batches.</summary>
internal sealed record Book(string Symbol) : ILateTopic<Book, int>;

internal sealed record Note(string Text);

/// <summary>The handler of the tests: each test specifies in a <see cref="ScriptedHandler"/> what the callbacks do.</summary>
internal sealed class ForwardingHandler(ScriptedHandler script, ILateClient<ForwardingHandler> client)
    : ILateHandler<int>, ILateCallHandler<int, Ask, string>, ILateInfoHandler<int, Note>, ILateInfoHandler<int, LateReconnectFailed>,
        ILateCallHandler<int, Watched, string>, ILateCallEndHandler<int, Watched>,
        ILateStreamHandler<int, Talk, int>, ILateCallEndHandler<int, Talk>,
        ILateTopicHandler<int, Ticker, int>, ILateTopicBatchHandler<int, Book, int>, IAsyncDisposable
{
    public async ValueTask DisposeAsync()
    {
        script.Disposed();
        await script.Disposing();
    }

    public async ValueTask<int> InitAsync(LateContext context, CancellationToken cancellationToken)
    {
        (script.Client, script.Handler) = (client, this);
        script.Write("Init");
        return await script.Init(context, cancellationToken);
    }

    public ValueTask<int> HandleConnectingAsync(LateHandshakeContext handshake, int state, CancellationToken cancellationToken)
    {
        if (script.Connecting is not { } connecting)
        {
            return new(state);
        }

        script.Write("Connecting");
        return connecting(handshake, state, cancellationToken);
    }

    public ValueTask<LateResult<int>> HandleConnectAsync(LateHandshake handshake, int state, CancellationToken cancellationToken)
    {
        script.Write("Connect");
        return script.Connect(state, cancellationToken);
    }

    public ValueTask<LateResult<int>> HandleInAsync(LateFrame frame, int state, CancellationToken cancellationToken)
    {
        script.Write($"In {frame.GetText()}");
        return script.In(frame, state, cancellationToken);
    }

    public ValueTask<LateResult<int>> HandleCallAsync(Ask request, LateCall<string> call, int state, CancellationToken cancellationToken)
    {
        script.Write($"Call {request.Text}");
        return script.Call(request, call, state, cancellationToken);
    }

    public ValueTask<LateResult<int>> HandleCallAsync(Watched request, LateCall<string> call, int state, CancellationToken cancellationToken)
    {
        script.Write($"Call {request.Text}");
        return script.Call(new Ask(request.Text), call, state, cancellationToken);
    }

    public ValueTask<LateResult<int>> HandleCallEndAsync(LateCallEnd<Watched> end, int state, CancellationToken cancellationToken)
    {
        script.Write($"CallEnd {end.Request.Text} {end.Reason}");
        return script.CallEnd(end, state, cancellationToken);
    }

    public ValueTask<LateResult<int>> HandleStreamAsync(Talk request, LateStream<int> stream, int state, CancellationToken cancellationToken)
    {
        script.Write($"Stream {request.Text}");
        return script.Stream(request, stream, state, cancellationToken);
    }

    public ValueTask<LateResult<int>> HandleCallEndAsync(LateCallEnd<Talk> end, int state, CancellationToken cancellationToken)
    {
        script.Write($"StreamEnd {end.Request.Text} {end.Reason}");
        return script.StreamEnd(end, state, cancellationToken);
    }

    public ValueTask<LateResult<int>> HandleSubscribeAsync(LateTopic<Ticker, int> topic, int state, CancellationToken cancellationToken)
    {
        script.Write($"Subscribe {topic.Key.Symbol}");
        return script.Subscribe(topic, state, cancellationToken);
    }

    public ValueTask<LateResult<int>> HandleUnsubscribeAsync(Ticker topic, int state, CancellationToken cancellationToken)
    {
        script.Write($"Unsubscribe {topic.Symbol}");
        return script.Unsubscribe(topic, state, cancellationToken);
    }

    public ValueTask<LateResult<int>> HandleSubscribeAsync(IReadOnlyList<LateTopic<Book, int>> topics, int state, CancellationToken cancellationToken)
    {
        script.Write($"Subscribe {string.Join('+', topics.Select(static topic => topic.Key.Symbol))}");
        return script.SubscribeBooks(topics, state, cancellationToken);
    }

    public ValueTask<LateResult<int>> HandleUnsubscribeAsync(Book topic, int state, CancellationToken cancellationToken) => LateResult.Ok(state);

    public ValueTask<LateResult<int>> HandleInfoAsync(Note message, int state, CancellationToken cancellationToken)
    {
        script.Write($"Info {message.Text}");
        return script.Info(message, state, cancellationToken);
    }

    public ValueTask<LateResult<int>> HandleClosingAsync(LateClosing closing, int state, CancellationToken cancellationToken)
    {
        if (script.Closing is not { } goodbye)
        {
            return LateResult.Ok(state);
        }

        script.Write($"Closing {closing.Reason}");
        return goodbye(closing, state, cancellationToken);
    }

    public ValueTask<LateResult<int>> HandleInfoAsync(LateReconnectFailed message, int state, CancellationToken cancellationToken)
    {
        script.Write($"ReconnectFailed {message.Request.Reason}: {message.Exception.Message}");
        return LateResult.Ok(state);
    }

    public ValueTask<LateDisconnectResult<int>> HandleDisconnectAsync(LateDisconnect disconnect, int state, CancellationToken cancellationToken)
    {
        script.Write($"Disconnect {disconnect.Reason}");
        return script.Disconnect(disconnect, state, cancellationToken);
    }

    public ValueTask HandleTerminateAsync(LateTerminateReason reason, int state, CancellationToken cancellationToken)
    {
        script.Write($"Terminate {reason.Kind}");
        return script.Terminate(reason, state, cancellationToken);
    }
}
