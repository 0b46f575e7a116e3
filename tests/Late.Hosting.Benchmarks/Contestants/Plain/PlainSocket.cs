using System.Net;
using System.Net.WebSockets;

namespace Late.Hosting.Benchmarks.Contestants.Plain;

/// <summary>A connected <see cref="ClientWebSocket"/>.</summary>
internal static class PlainSocket
{
    public static async Task<ClientWebSocket> ConnectAsync(Uri uri, bool isCompressed = false, Version? httpVersion = null, HttpMessageInvoker? http = null)
    {
        var socket = new ClientWebSocket();
        socket.Options.KeepAliveInterval = TimeSpan.FromSeconds(20);
        socket.Options.KeepAliveTimeout = TimeSpan.FromSeconds(20);
        socket.Options.DangerousDeflateOptions = isCompressed ? new WebSocketDeflateOptions() : null;
        socket.Options.HttpVersion = httpVersion ?? HttpVersion.Version11;
        socket.Options.HttpVersionPolicy = HttpVersionPolicy.RequestVersionExact;
        await socket.ConnectAsync(uri, http, CancellationToken.None);
        return socket;
    }
}
