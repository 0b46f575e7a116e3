using System.Net.WebSockets;
using Late.Hosting.Benchmarks.Measuring;

namespace Late.Hosting.Benchmarks.Contestants.Plain;

/// <summary>Plain sockets, each with a loop that receives into a buffer of 4 KiB.</summary>
internal sealed class PlainConnections : IConnections
{
    private readonly List<Task> _loops = [];
    private ClientWebSocket[] _sockets = [];
    private Uri? _uri;
    private int _count;

    public void Prepare(ServerAddress server, Uri uri, int count) => (_uri, _count) = (uri, count);

    public async Task ConnectAsync()
    {
        _sockets = await Task.WhenAll(Enumerable.Range(0, _count).Select(_ => PlainSocket.ConnectAsync(_uri!)));
        _loops.AddRange(_sockets.Select(ReceiveAsync));
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var socket in _sockets)
        {
            socket.Dispose();
        }

        await Task.WhenAll(_loops);
    }

    private static async Task ReceiveAsync(ClientWebSocket socket)
    {
        var buffer = new byte[4096];
        try
        {
            while ((await socket.ReceiveAsync(buffer.AsMemory(), CancellationToken.None)).MessageType != WebSocketMessageType.Close)
            {
            }
        }
        catch (Exception exception) when (exception is WebSocketException or ObjectDisposedException or OperationCanceledException)
        {
            // Disposed.
        }
    }
}
