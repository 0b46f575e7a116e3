using System.Net.WebSockets;
using Late.Hosting.Benchmarks.Measuring;

namespace Late.Hosting.Benchmarks.Contestants.Plain;

/// <summary>The plain loop: one send per message. Several callers share the socket behind a semaphore, as it demands.</summary>
internal sealed class PlainSend(string target, int callers, byte[][] messages, bool isCompressed = false) : ITrial
{
    private readonly Callers _callers = new(callers);
    private readonly SemaphoreSlim _slot = new(1);
    private ClientWebSocket? _socket;
    private int _next;

    public long? Done => null;

    public async Task StartAsync(ServerAddress server)
    {
        var socket = _socket = await PlainSocket.ConnectAsync(server.Raw(target), isCompressed);
        _callers.Start(callers == 1 ? () => SendAsync(socket) : () => SendExclusivelyAsync(socket));
    }

    public async ValueTask DisposeAsync()
    {
        await _callers.DisposeAsync();
        _socket?.Dispose();
        _slot.Dispose();
    }

    private async ValueTask SendExclusivelyAsync(ClientWebSocket socket)
    {
        await _slot.WaitAsync();
        try
        {
            await SendAsync(socket);
        }
        finally
        {
            _slot.Release();
        }
    }

    private ValueTask SendAsync(ClientWebSocket socket)
    {
        _next = _next + 1 == messages.Length ? 0 : _next + 1;
        return socket.SendAsync(messages[_next].AsMemory(), WebSocketMessageType.Text, endOfMessage: true, CancellationToken.None);
    }
}
