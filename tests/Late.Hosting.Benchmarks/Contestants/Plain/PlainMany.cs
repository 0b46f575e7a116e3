using System.Collections.Concurrent;
using System.Net.WebSockets;
using System.Text;

namespace Late.Hosting.Benchmarks.Contestants.Plain;

/// <summary>Plain sockets, each with a loop that receives into a buffer of 4 KiB.</summary>
internal sealed class PlainMany : IManyConnections
{
    private static readonly byte[] s_message = Encoding.ASCII.GetBytes(Payloads.Text(64));

    private readonly ConcurrentQueue<(ClientWebSocket Socket, Task Loop)> _sockets = new();
    private readonly EchoCount _echoes = new();
    private HttpMessageInvoker? _http;
    private Version _httpVersion = new(1, 1);
    private Uri? _uri;

    public void Prepare(Uri uri, Version httpVersion)
    {
        (_uri, _httpVersion) = (uri, httpVersion);
        // Over HTTP/1.1 each makes a handler of its own, as by default; over HTTP/2 one is needed that shares its connections.
        _http = httpVersion.Major == 1 ? null : new HttpMessageInvoker(new SocketsHttpHandler { EnableMultipleHttp2Connections = true });
    }

    public async Task ConnectAsync(int number)
    {
        var socket = await PlainSocket.ConnectAsync(_uri!, httpVersion: _httpVersion, http: _http);
        _sockets.Enqueue((socket, ReceiveAsync(socket)));
    }

    public async Task EchoAsync()
    {
        var allCame = _echoes.Expect(_sockets.Count);
        await Task.WhenAll(_sockets.Select(open => open.Socket.SendAsync(s_message.AsMemory(), WebSocketMessageType.Text, endOfMessage: true, CancellationToken.None).AsTask()));
        await allCame;
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var (socket, loop) in _sockets)
        {
            socket.Dispose();
            await loop;
        }

        _http?.Dispose();
    }

    private async Task ReceiveAsync(ClientWebSocket socket)
    {
        var buffer = new byte[4096];
        try
        {
            while ((await socket.ReceiveAsync(buffer.AsMemory(), CancellationToken.None)).MessageType != WebSocketMessageType.Close)
            {
                _echoes.Add();
            }
        }
        catch (Exception exception) when (exception is WebSocketException or ObjectDisposedException or OperationCanceledException or IOException)
        {
            // Disposed.
        }
    }
}
