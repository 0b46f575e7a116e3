using System.Net.WebSockets;
using Late.Hosting.Benchmarks.Measuring;

namespace Late.Hosting.Benchmarks.Contestants.Plain;

/// <summary>The plain loop: receives until a message is whole, into a buffer that takes it whole.</summary>
internal sealed class PlainReceive(string target, int size, bool isCompressed = false) : ITrial
{
    private readonly Counter _counter = new();
    private ClientWebSocket? _socket;
    private Task _loop = Task.CompletedTask;

    public long? Done => _counter.Value;

    public async Task StartAsync(ServerAddress server)
    {
        _socket = await PlainSocket.ConnectAsync(server.Raw(target), isCompressed);
        _loop = Task.Run(() => ReceiveAsync(_socket));
    }

    public async ValueTask DisposeAsync()
    {
        _socket?.Dispose();
        await _loop;
    }

    private async Task ReceiveAsync(ClientWebSocket socket)
    {
        var buffer = new byte[Math.Max(size, 16 * 1024)];
        int length = 0;
        try
        {
            while (true)
            {
                var result = await socket.ReceiveAsync(buffer.AsMemory(length), CancellationToken.None);
                length += result.Count;
                if (result.EndOfMessage)
                {
                    length = 0;
                    _counter.Increment();
                }
            }
        }
        catch (Exception exception) when (exception is WebSocketException or ObjectDisposedException or OperationCanceledException)
        {
            // Disposed: the trial has ended.
        }
    }
}
