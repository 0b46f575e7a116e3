using System.Net;
using GatewayBot.Servers;
using GatewayBot.Servers.Feed;
using GatewayBot.Servers.Gateway;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace GatewayBot.Tests.Support;

/// <summary>The servers of the sample, or the same ones at another address, on a free port of the loopback.</summary>
public sealed class TestServer : IAsyncDisposable
{
    private readonly WebApplication _application;

    private TestServer(WebApplication application) => _application = application;

    /// <summary>Where it is, as <c>ws</c>.</summary>
    public Uri Uri => new(_application.Urls.Single().Replace("http", "ws", StringComparison.Ordinal));

    /// <summary>Runs with every request first; the answer is not made where it returns false.</summary>
    public Func<HttpContext, Task<bool>>? Requested { get; set; }

    public static async Task<TestServer> StartAsync(GatewayServer? gateway = null, FeedServer? feed = null)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseKestrelCore().ConfigureKestrel(static kestrel => kestrel.Listen(IPAddress.Loopback, 0));
        var server = new TestServer(builder.Build());
        server._application.UseWebSockets();
        server._application.Use(async (context, next) =>
        {
            if (server.Requested is not { } requested || await requested(context))
            {
                await next();
            }
        });
        if (gateway is not null)
        {
            server._application.MapGateway(gateway);
        }

        if (feed is not null)
        {
            server._application.MapFeed(feed);
        }

        await server._application.StartAsync(TestContext.Current.CancellationToken);
        return server;
    }

    public async ValueTask DisposeAsync()
    {
        // Now: what is open breaks.
        using var now = new CancellationTokenSource();
        await now.CancelAsync();
        await _application.StopAsync(now.Token);
        await _application.DisposeAsync();
    }
}
