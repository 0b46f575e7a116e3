using System.Net.WebSockets;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;

namespace Late.Hosting.Dashboard.Tests.Support;

/// <summary>The other side of the connections: it says a word once a second, and refuses who knocks at the wrong door.</summary>
internal static class Feed
{
    private static readonly byte[] Word = new byte[200];

    public static void MapFeed(this WebApplication application)
    {
        application.UseWebSockets();
        application.MapGet("/feed", SpeakAsync);
        application.MapGet("/away", static context => RefuseAsync(context, StatusCodes.Status503ServiceUnavailable));
        application.MapGet("/gone", static context => RefuseAsync(context, StatusCodes.Status410Gone));
    }

    private static async Task SpeakAsync(HttpContext context)
    {
        using var socket = await context.WebSockets.AcceptWebSocketAsync();
        using var timer = new PeriodicTimer(TimeSpan.FromSeconds(1), TimeProvider.System);
        try
        {
            while (await timer.WaitForNextTickAsync(context.RequestAborted))
            {
                await socket.SendAsync(Word, WebSocketMessageType.Binary, endOfMessage: true, context.RequestAborted);
            }
        }
        catch (Exception exception) when (exception is OperationCanceledException or WebSocketException)
        {
            // The client is gone.
        }
    }

    private static Task RefuseAsync(HttpContext context, int status)
    {
        context.Response.StatusCode = status;
        return Task.CompletedTask;
    }
}
