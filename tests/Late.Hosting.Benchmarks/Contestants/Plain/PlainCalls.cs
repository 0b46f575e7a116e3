using System.Diagnostics;
using System.Net.WebSockets;
using Late.Hosting.Benchmarks.Measuring;

namespace Late.Hosting.Benchmarks.Contestants.Plain;

/// <summary>Send and receive in lockstep, by one caller: more have no way to know whose answer is whose.</summary>
internal sealed class PlainCalls(byte[] message) : ITrial
{
    private readonly Callers _callers = new(1);
    private readonly Histogram _roundTrips = new();
    private readonly Counter _counter = new();
    private ClientWebSocket? _socket;

    public long? Done => _counter.Value;

    public Histogram RoundTrips => _roundTrips;

    public async Task StartAsync(ServerAddress server)
    {
        var socket = _socket = await PlainSocket.ConnectAsync(server.Raw("/reply"));
        var buffer = new byte[16 * 1024];
        _callers.Start(async () =>
        {
            long began = Stopwatch.GetTimestamp();
            await socket.SendAsync(message.AsMemory(), WebSocketMessageType.Text, endOfMessage: true, CancellationToken.None);
            while (!(await socket.ReceiveAsync(buffer.AsMemory(), CancellationToken.None)).EndOfMessage)
            {
            }

            _roundTrips.Add(Stopwatch.GetTimestamp() - began);
            _counter.Increment();
        });
    }

    public async ValueTask DisposeAsync()
    {
        await _callers.DisposeAsync();
        _socket?.Dispose();
    }
}
