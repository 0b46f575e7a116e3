using System.Net.WebSockets;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;

namespace Late.Hosting.Dashboard.Tests.Support;

/// <summary>The other side of the connections: it sends a word once a second, and refuses requests at the wrong address.</summary>
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
        using var closed = CancellationTokenSource.CreateLinkedTokenSource(context.RequestAborted);
        var listening = ListenAsync(socket, closed);
        using var timer = new PeriodicTimer(TimeSpan.FromSeconds(1), TimeProvider.System);
        try
        {
            while (await timer.WaitForNextTickAsync(closed.Token))
            {
                await socket.SendAsync(Word, WebSocketMessageType.Binary, endOfMessage: true, context.RequestAborted);
            }
        }
        catch (Exception exception) when (exception is OperationCanceledException or WebSocketException)
        {
            // The client is gone, or wants to go.
        }

        await listening;
        if (socket.State == WebSocketState.CloseReceived)
        {
            await socket.CloseOutputAsync(WebSocketCloseStatus.NormalClosure, "", context.RequestAborted);
        }
    }

    private static async Task ListenAsync(WebSocket socket, CancellationTokenSource closed)
    {
        try
        {
            var buffer = new byte[256];
            while ((await socket.ReceiveAsync(buffer.AsMemory(), closed.Token)).MessageType != WebSocketMessageType.Close)
            {
            }
        }
        catch (Exception exception) when (exception is OperationCanceledException or WebSocketException)
        {
            // The client is gone.
        }

        await closed.CancelAsync();
    }

    private static Task RefuseAsync(HttpContext context, int status)
    {
        context.Response.StatusCode = status;
        return Task.CompletedTask;
    }
}
