using System.Net.WebSockets;

namespace Late.Hosting.Benchmarks.Contestants.Plain;

/// <summary>A connected <see cref="ClientWebSocket"/>.</summary>
internal static class PlainSocket
{
    public static async Task<ClientWebSocket> ConnectAsync(Uri uri, bool isCompressed = false)
    {
        var socket = new ClientWebSocket();
        socket.Options.KeepAliveInterval = TimeSpan.FromSeconds(20);
        socket.Options.KeepAliveTimeout = TimeSpan.FromSeconds(20);
        socket.Options.DangerousDeflateOptions = isCompressed ? new WebSocketDeflateOptions() : null;
        await socket.ConnectAsync(uri, CancellationToken.None);
        return socket;
    }
}
