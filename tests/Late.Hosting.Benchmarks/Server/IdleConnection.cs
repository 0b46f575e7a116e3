using System.Net.WebSockets;
using Microsoft.AspNetCore.Http;

namespace Late.Hosting.Benchmarks.Server;

/// <summary>A connection on which nothing happens but pings, which the framework answers.</summary>
internal static class IdleConnection
{
    public static async Task RunAsync(HttpContext context)
    {
        using var socket = await context.WebSockets.AcceptWebSocketAsync();
        try
        {
            while ((await socket.ReceiveAsync(Memory<byte>.Empty, context.RequestAborted)).MessageType != WebSocketMessageType.Close)
            {
            }

            await socket.CloseOutputAsync(WebSocketCloseStatus.NormalClosure, null, context.RequestAborted);
        }
        catch (Exception exception) when (exception is WebSocketException or OperationCanceledException)
        {
            // The client is gone.
        }
    }
}
