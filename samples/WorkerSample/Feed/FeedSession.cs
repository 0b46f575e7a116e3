using System.Net.WebSockets;
using System.Text.Json;
using System.Threading.Channels;
using WorkerSample.Kraken;

namespace WorkerSample.Feed;

/// <summary>One client of the feed: answers its requests, and sends it the prices that it has asked for.</summary>
internal sealed class FeedSession(WebSocket socket, Market market, TimeProvider time)
{
    private static readonly TimeSpan HeartbeatInterval = TimeSpan.FromSeconds(1);

    // A client that does not read loses the oldest messages, and costs no memory.
    private readonly Channel<KrakenMessage> _outgoing = Channel.CreateBounded<KrakenMessage>(
        new BoundedChannelOptions(256) { FullMode = BoundedChannelFullMode.DropOldest });

    private readonly TaskCompletionSource _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Lock _gate = new();
    private readonly HashSet<string> _symbols = new(StringComparer.Ordinal);

    /// <summary>Done when the session has ended.</summary>
    public Task Ended => _ended.Task;

    /// <summary>Sends the prices that this client has asked for.</summary>
    public void Publish(IReadOnlyList<KrakenTicker> prices)
    {
        lock (_gate)
        {
            foreach (var ticker in prices.Where(ticker => _symbols.Contains(ticker.Symbol)))
            {
                _outgoing.Writer.TryWrite(FeedMessages.Prices("update", ticker));
            }
        }
    }

    /// <summary>Lets the client know that the feed goes away; the session ends when what is written has left.</summary>
    public void Close() => _outgoing.Writer.TryComplete();

    /// <summary>Breaks the connection without a word, as a network does.</summary>
    public void Drop() => socket.Abort();

    public async Task RunAsync(CancellationToken cancellationToken)
    {
        _outgoing.Writer.TryWrite(FeedMessages.Online);
        var writing = WriteAsync(cancellationToken);
        try
        {
            await ReadAsync(cancellationToken);
        }
        catch (Exception exception) when (exception is WebSocketException or OperationCanceledException)
        {
            // The client is gone, or was dropped.
        }

        Close();
        await writing;
        _ended.SetResult();
    }

    private async Task ReadAsync(CancellationToken cancellationToken)
    {
        var buffer = new byte[16 * 1024];
        while (true)
        {
            var (message, length) = (default(ValueWebSocketReceiveResult), 0);
            do
            {
                message = await socket.ReceiveAsync(buffer.AsMemory(length), cancellationToken);
                length += message.Count;
            }
            while (!message.EndOfMessage && length < buffer.Length);

            if (message.MessageType == WebSocketMessageType.Close || !message.EndOfMessage)
            {
                return;
            }

            Answer(buffer.AsSpan(0, length));
        }
    }

    private void Answer(ReadOnlySpan<byte> json)
    {
        KrakenRequest? request;
        try
        {
            request = JsonSerializer.Deserialize(json, KrakenJson.Default.KrakenRequest);
        }
        catch (JsonException)
        {
            request = null;
        }

        lock (_gate)
        {
            foreach (var answer in request is null ? [] : Answers(request))
            {
                _outgoing.Writer.TryWrite(answer);
            }
        }
    }

    private IEnumerable<KrakenMessage> Answers(KrakenRequest request) => request switch
    {
        { Method: "ping" } => [FeedMessages.Pong(request)],
        { Method: "subscribe", Params: { Channel: "ticker", Symbol: { } symbols } } => symbols.SelectMany(symbol => Subscribe(request, symbol)),
        { Method: "unsubscribe", Params: { Channel: "ticker", Symbol: { } symbols } } => symbols.Select(symbol => Unsubscribe(request, symbol)),
        _ => [FeedMessages.Error(request, "Unsupported method or channel")],
    };

    private IEnumerable<KrakenMessage> Subscribe(KrakenRequest request, string symbol) =>
        market.Find(symbol) is not { } ticker ? [FeedMessages.Error(request, $"Currency pair not supported {symbol}", symbol)]
        : !_symbols.Add(symbol) ? [FeedMessages.Error(request, "Already subscribed", symbol)]
        : [FeedMessages.Done(request, symbol), FeedMessages.Prices("snapshot", ticker)];

    private KrakenMessage Unsubscribe(KrakenRequest request, string symbol) =>
        _symbols.Remove(symbol) ? FeedMessages.Done(request, symbol) : FeedMessages.Error(request, "Subscription Not Found", symbol);

    private async Task WriteAsync(CancellationToken cancellationToken)
    {
        try
        {
            while (await NextAsync(cancellationToken) is { } message)
            {
                var stamped = message.Method is null ? message : message with { TimeIn = time.GetUtcNow(), TimeOut = time.GetUtcNow() };
                var json = JsonSerializer.SerializeToUtf8Bytes(stamped, KrakenJson.Default.KrakenMessage);
                await socket.SendAsync(json, WebSocketMessageType.Text, endOfMessage: true, cancellationToken);
            }

            await socket.CloseOutputAsync(WebSocketCloseStatus.EndpointUnavailable, "The feed goes away", cancellationToken);
        }
        catch (Exception exception) when (exception is WebSocketException or OperationCanceledException)
        {
            // The client is gone, or was dropped.
        }
    }

    // The next message; a heartbeat where there is none for a while, null when the session is over.
    private async Task<KrakenMessage?> NextAsync(CancellationToken cancellationToken)
    {
        try
        {
            return await _outgoing.Reader.WaitToReadAsync(cancellationToken).AsTask().WaitAsync(HeartbeatInterval, time, cancellationToken)
                && _outgoing.Reader.TryRead(out var message) ? message : null;
        }
        catch (TimeoutException)
        {
            return FeedMessages.Heartbeat;
        }
    }
}
