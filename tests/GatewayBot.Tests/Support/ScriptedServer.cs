using System.Threading.Channels;
using GatewayBot.Servers;
using Microsoft.AspNetCore.Http;

namespace GatewayBot.Tests.Support;

/// <summary>A server whose connections are in the hands of the test.</summary>
public sealed class ScriptedServer : IAsyncDisposable
{
    private readonly Channel<(Peer Peer, HttpContext Context)> _peers = Channel.CreateUnbounded<(Peer, HttpContext)>();
    private readonly TaskCompletionSource _over = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TestServer _server;

    private ScriptedServer(TestServer server)
    {
        _server = server;
        server.Requested = async context =>
        {
            _peers.Writer.TryWrite((new Peer(await context.WebSockets.AcceptWebSocketAsync(), context), context));
            await _over.Task;
            return false;
        };
    }

    public Uri Uri => _server.Uri;

    public static async Task<ScriptedServer> StartAsync() => new(await TestServer.StartAsync());

    /// <summary>The next connection, with its request.</summary>
    public async Task<(Peer Peer, HttpContext Context)> AcceptAsync() => await _peers.Reader.ReadAsync(TestContext.Current.CancellationToken);

    public ValueTask DisposeAsync()
    {
        _over.TrySetResult();
        return _server.DisposeAsync();
    }
}
