using System.Threading.Channels;
using Late.Hosting.Locking;

namespace Late.Hosting.Tests.Support;

/// <summary>What the callbacks of a test's connection do, and in which order they came.</summary>
internal sealed class ScriptedHandler
{
    private readonly Channel<string> _trace = Channel.CreateUnbounded<string>();

    public ILateClient<ForwardingHandler> Client { get; set; } = null!;

    public Func<LateContext, CancellationToken, ValueTask<int>> Init { get; set; } = (_, _) => new(0);

    /// <summary>Null for the default, which is not written down.</summary>
    public Func<LateHandshakeContext, int, CancellationToken, ValueTask<int>>? Connecting { get; set; }

    public Func<int, CancellationToken, ValueTask<LateResult<int>>> Connect { get; set; } = (state, _) => LateResult.Ok(state);

    public Func<LateFrame, int, CancellationToken, ValueTask<LateResult<int>>> In { get; set; } = (_, state, _) => LateResult.Ok(state);

    public Func<Ask, LateCall<string>, int, CancellationToken, ValueTask<LateResult<int>>> Call { get; set; } = (request, call, state, _) =>
    {
        call.Reply(request.Text);
        return LateResult.Ok(state);
    };

    public Func<LateCallEnd<Watched>, int, CancellationToken, ValueTask<LateResult<int>>> CallEnd { get; set; } = (_, state, _) => LateResult.Ok(state);

    /// <summary>The streams that the handler has, by their ids.</summary>
    public LatePendingCalls Streams { get; } = new();

    /// <summary>By default it keeps the stream and sends a frame.</summary>
    public Func<Talk, LateStream<int>, int, CancellationToken, ValueTask<LateResult<int>>> Stream
    {
        get => field ?? KeepAsync;
        set;
    }

    /// <summary>By default it sends a frame.</summary>
    public Func<LateCallEnd<Talk>, int, CancellationToken, ValueTask<LateResult<int>>> StreamEnd
    {
        get => field ?? ((end, state, _) => LateResult.Send(state, LateFrame.Text($"cancel {Streams.TryGetKey(end.Call, out var id)} {id}")));
        set;
    }

    public Func<Note, int, CancellationToken, ValueTask<LateResult<int>>> Info { get; set; } = (_, state, _) => LateResult.Ok(state);

    /// <summary>The topics that the handler has, by their symbols.</summary>
    public LateTopics<string, Ticker, int> Topics { get; } = new();

    /// <summary>By default it keeps the topic and sends a frame.</summary>
    public Func<LateTopic<Ticker, int>, int, CancellationToken, ValueTask<LateResult<int>>> Subscribe
    {
        get => field ?? KeepAsync;
        set;
    }

    public Func<Ticker, int, CancellationToken, ValueTask<LateResult<int>>> Unsubscribe { get; set; } = (topic, state, _) => LateResult.Send(state, LateFrame.Text($"unsub {topic.Symbol}"));

    public Func<IReadOnlyList<LateTopic<Book, int>>, int, CancellationToken, ValueTask<LateResult<int>>> SubscribeBooks { get; set; } = (_, state, _) => LateResult.Ok(state);

    public Func<LateClosing, int, CancellationToken, ValueTask<LateResult<int>>>? Closing { get; set; }

    public Func<LateDisconnect, int, CancellationToken, ValueTask<LateDisconnectResult<int>>> Disconnect { get; set; } = (_, state, _) => LateDisconnectResult.Ok(state);

    public Func<LateTerminateReason, int, CancellationToken, ValueTask> Terminate { get; set; } = (_, _, _) => default;

    /// <summary>The handler of the present life.</summary>
    public object Handler { get; set; } = null!;

    /// <summary>Runs when a handler is disposed.</summary>
    public Action Disposed { get; set; } = static () => { };

    /// <summary>What the disposal of a handler then awaits.</summary>
    public Func<Task> Disposing { get; set; } = static () => Task.CompletedTask;

    /// <summary>Keeps a topic, and sends a frame for it.</summary>
    public ValueTask<LateResult<int>> KeepAsync(LateTopic<Ticker, int> topic, int state, CancellationToken cancellationToken)
    {
        Topics.Add(topic.Key.Symbol, topic);
        return LateResult.Send(state, LateFrame.Text($"sub {topic.Key.Symbol}"));
    }

    /// <summary>Keeps a stream, and sends a frame for it.</summary>
    public ValueTask<LateResult<int>> KeepAsync(Talk request, LateStream<int> stream, int state, CancellationToken cancellationToken) =>
        LateResult.Send(state, LateFrame.Text($"{Streams.Add(stream)} {request.Text}"));

    /// <summary>A callback has begun.</summary>
    public void Write(string callback)
    {
        Gate.AssertNoneIsHeld();
        _trace.Writer.TryWrite(callback);
    }

    /// <summary>The next callback that has begun.</summary>
    public async Task<string> NextAsync() => await _trace.Reader.ReadAsync(TestContext.Current.CancellationToken);

    /// <summary>Waits until a callback has begun.</summary>
    public async Task SkipToAsync(string callback)
    {
        while (await NextAsync() != callback)
        {
        }
    }

    /// <summary>The callbacks that have begun and were not read.</summary>
    public List<string> Trace()
    {
        var trace = new List<string>();
        while (_trace.Reader.TryRead(out var callback))
        {
            trace.Add(callback);
        }

        return trace;
    }
}
