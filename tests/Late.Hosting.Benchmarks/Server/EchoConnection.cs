using System.Net.WebSockets;
using Microsoft.AspNetCore.Http;

namespace Late.Hosting.Benchmarks.Server;

/// <summary>Sends short messages back; in between it holds no buffer, and the framework answers pings.</summary>
internal static class EchoConnection
{
    private const int MostBytes = 256;

    public static async Task RunAsync(HttpContext context)
    {
        using var socket = await context.WebSockets.AcceptWebSocketAsync();
        try
        {
            while ((await socket.ReceiveAsync(Memory<byte>.Empty, context.RequestAborted)).MessageType != WebSocketMessageType.Close)
            {
                await EchoAsync(socket, context.RequestAborted);
            }

            await socket.CloseOutputAsync(WebSocketCloseStatus.NormalClosure, null, context.RequestAborted);
        }
        catch (Exception exception) when (exception is WebSocketException or OperationCanceledException)
        {
            // The client is gone.
        }
    }

    private static async Task EchoAsync(WebSocket socket, CancellationToken aborted)
    {
        var buffer = new byte[MostBytes];
        var message = await socket.ReceiveAsync(buffer.AsMemory(), aborted);
        await socket.SendAsync(buffer.AsMemory(0, message.Count), message.MessageType, message.EndOfMessage, aborted);
    }
}
