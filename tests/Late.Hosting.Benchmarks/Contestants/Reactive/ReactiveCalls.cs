using System.Diagnostics;
using Late.Hosting.Benchmarks.Measuring;
using Websocket.Client;

namespace Late.Hosting.Benchmarks.Contestants.Reactive;

/// <summary>Send and receive in lockstep, by one caller.</summary>
internal sealed class ReactiveCalls(string message) : ITrial
{
    private readonly Callers _callers = new(1);
    private readonly SemaphoreSlim _answered = new(0);
    private readonly Histogram _roundTrips = new();
    private readonly Counter _counter = new();
    private WebsocketClient? _client;

    public long? Done => _counter.Value;

    public Histogram RoundTrips => _roundTrips;

    public async Task StartAsync(ServerAddress server)
    {
        var client = _client = await ReactiveClient.ConnectAsync(server.Raw("/reply"), _ => _answered.Release());
        _callers.Start(async () =>
        {
            long began = Stopwatch.GetTimestamp();
            await client.SendInstant(message);
            await _answered.WaitAsync();
            _roundTrips.Add(Stopwatch.GetTimestamp() - began);
            _counter.Increment();
        });
    }

    public async ValueTask DisposeAsync()
    {
        await _callers.DisposeAsync();
        _client?.Dispose();
        _answered.Dispose();
    }
}
