using GatewayBot.Feed.Protocol;
using GatewayBot.Servers.Feed;
using GatewayBot.Servers.Gateway;

namespace GatewayBot.Servers;

/// <summary>Puts the servers into a web application.</summary>
public static class ServersExtensions
{
    public static void MapGateway(this WebApplication application, GatewayServer gateway) =>
        application.MapGet("/gateway", context => AcceptAsync(context, gateway.RunAsync));

    public static void MapFeed(this WebApplication application, FeedServer feed)
    {
        application.MapGet("/feed", async context =>
        {
            string? moved = context.Request.Query["moved"];
            if (feed.Knows(moved))
            {
                await AcceptAsync(context, peer => feed.RunAsync(peer, moved));
            }
            else
            {
                context.Response.StatusCode = StatusCodes.Status400BadRequest;
            }
        });
        application.MapPost("/feed/subscriptions", async context =>
        {
            var subscription = await context.Request.ReadFromJsonAsync(FeedJson.Default.Subscription);
            context.Response.StatusCode = feed.TrySubscribe(subscription!) ? StatusCodes.Status202Accepted : StatusCodes.Status400BadRequest;
        });
    }

    private static async Task AcceptAsync(HttpContext context, Func<Peer, Task> run)
    {
        if (!context.WebSockets.IsWebSocketRequest)
        {
            context.Response.StatusCode = StatusCodes.Status426UpgradeRequired;
            return;
        }

        using var socket = await context.WebSockets.AcceptWebSocketAsync(new WebSocketAcceptContext { KeepAliveInterval = TimeSpan.Zero });
        await run(new Peer(socket, context));
    }
}
