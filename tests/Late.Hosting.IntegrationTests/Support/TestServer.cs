using System.Collections.Concurrent;
using System.Net;
using System.Security.Cryptography.X509Certificates;
using System.Threading.Channels;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.Logging;

namespace Late.Hosting.IntegrationTests.Support;

/// <summary>
/// A real Kestrel server on a free port of the loopback. A test is its script: it takes each upgrade request as it
/// comes, and answers it as the test wants.
/// </summary>
public sealed class TestServer : IAsyncDisposable
{
    private readonly Channel<TestRequest> _requests = Channel.CreateUnbounded<TestRequest>();
    private readonly ConcurrentQueue<TestRequest> _all = new();
    private readonly ConcurrentDictionary<string, ConnectionContext> _connections = new();
    private readonly WebApplication _application;
    private int _accepted;

    private TestServer(HttpProtocols protocols, X509Certificate2? certificate, Action<KestrelServerLimits>? limit)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseKestrelCore().ConfigureKestrel(kestrel =>
        {
            limit?.Invoke(kestrel.Limits);
            kestrel.Listen(IPAddress.Loopback, 0, listen =>
            {
                listen.Protocols = protocols;
                listen.Use(next => connection => ServeAsync(connection, next));
                if (certificate is not null)
                {
                    listen.UseHttps(certificate);
                }
            });
        });
        _application = builder.Build();
        _application.UseWebSockets();
        _application.Run(HandleAsync);
    }

    public Uri Uri => new(_application.Urls.Single().Replace("http", "ws", StringComparison.Ordinal) + "/feed");

    /// <summary>How many upgrades have been asked for.</summary>
    public int Requests => _all.Count;

    /// <summary>How many TCP connections have been accepted.</summary>
    public int TcpConnections => Volatile.Read(ref _accepted);

    public static async Task<TestServer> StartAsync(
        HttpProtocols protocols = HttpProtocols.Http1, X509Certificate2? certificate = null, Action<KestrelServerLimits>? limit = null)
    {
        var server = new TestServer(protocols, certificate, limit);
        await server._application.StartAsync();
        return server;
    }

    /// <summary>The next request; the test answers it.</summary>
    public async Task<TestRequest> RequestAsync() => await _requests.Reader.ReadAsync(TestContext.Current.CancellationToken);

    /// <summary>Accepts the next request as a WebSocket.</summary>
    public async Task<TestPeer> AcceptAsync() => await (await RequestAsync()).AcceptAsync();

    /// <summary>Breaks a TCP connection, with all requests on it.</summary>
    public void Break(string tcpConnection) => _connections[tcpConnection].Abort(new ConnectionAbortedException("The test breaks it."));

    public async ValueTask DisposeAsync()
    {
        foreach (var request in _all)
        {
            request.End();
        }

        using var now = new CancellationTokenSource();
        await now.CancelAsync();
        await _application.StopAsync(now.Token);
        await _application.DisposeAsync();
    }

    private async Task ServeAsync(ConnectionContext connection, ConnectionDelegate next)
    {
        Interlocked.Increment(ref _accepted);
        _connections[connection.ConnectionId] = connection;
        try
        {
            await next(connection);
        }
        finally
        {
            _connections.TryRemove(connection.ConnectionId, out _);
        }
    }

    private async Task HandleAsync(HttpContext context)
    {
        var request = new TestRequest(context);
        _all.Enqueue(request);
        await _requests.Writer.WriteAsync(request);
        await request.Answered;
    }
}
