using System.Net.WebSockets;
using System.Threading.Channels;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using StreamJsonRpc;

namespace JsonRpcClient.Tests.Support;

/// <summary>A node of a chain over Kestrel, whose JSON-RPC is that of another library: StreamJsonRpc.</summary>
public sealed class Node : IAsyncDisposable
{
    private readonly WebApplication _app;
    private readonly Channel<string> _subscribed = Channel.CreateUnbounded<string>();
    private volatile WebSocket? _socket;
    private volatile JsonRpc? _rpc;
    private readonly int _chain = 1;
    private int _subscriptions;

    private Node(WebApplication app) => _app = app;

    public Uri Uri => new(_app.Urls.Single().Replace("http", "ws", StringComparison.Ordinal));

    /// <summary>How many subscriptions were left.</summary>
    public int Left { get; private set; }

    public static async Task<Node> StartAsync()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        var app = builder.Build();
        app.Urls.Add("http://127.0.0.1:0");
        var node = new Node(app);
        app.UseWebSockets();
        app.Run(node.ServeAsync);
        await app.StartAsync(TestContext.Current.CancellationToken);
        return node;
    }

    /// <summary>Waits for a subscription.</summary>
    /// <returns>Its id.</returns>
    public async Task<string> SubscribedAsync() => await _subscribed.Reader.ReadAsync(TestContext.Current.CancellationToken);

    /// <summary>Sends numbers to a subscription, one notification for each.</summary>
    public async Task NotifyAsync(string subscription, int first, int last)
    {
        for (var result = first; result <= last; result++)
        {
            await _rpc!.NotifyWithParameterObjectAsync("eth_subscription", new { subscription, result });
        }
    }

    /// <summary>Drops the session without a close frame.</summary>
    public void Drop() => _socket!.Abort();

    [JsonRpcMethod("eth_chainId")]
    public string ChainId() => $"0x{_chain:x}";

    [JsonRpcMethod("eth_subscribe")]
    public string Subscribe(string name)
    {
        var id = $"0x{++_subscriptions:x}";
        Assert.Equal("newHeads", name);
        _subscribed.Writer.TryWrite(id);
        return id;
    }

    [JsonRpcMethod("eth_unsubscribe")]
    public bool Unsubscribe(string subscription)
    {
        Left++;
        _subscribed.Writer.TryWrite($"left {subscription}");
        return true;
    }

    public async ValueTask DisposeAsync()
    {
        await _app.StopAsync(new CancellationToken(canceled: true));
        await _app.DisposeAsync();
    }

    private async Task ServeAsync(HttpContext context)
    {
        _socket = await context.WebSockets.AcceptWebSocketAsync();
        using var formatter = new SystemTextJsonFormatter();
        using var rpc = new JsonRpc(new WebSocketMessageHandler(_socket, formatter), this);
        _rpc = rpc;
        rpc.StartListening();
        await rpc.Completion.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }
}
