using System.Diagnostics;
using Late.Hosting.Benchmarks.Measuring;
using Microsoft.AspNetCore.SignalR.Client;

namespace Late.Hosting.Benchmarks.Contestants.SignalR;

/// <summary>Invocations that wait for the hub's answer.</summary>
internal sealed class HubCalls(int callers, string message) : ITrial
{
    private readonly Callers _callers = new(callers);
    private readonly Histogram _roundTrips = new();
    private HubConnection? _connection;
    private long _done;

    public long? Done => Interlocked.Read(ref _done);

    public Histogram RoundTrips => _roundTrips;

    public async Task StartAsync(ServerAddress server)
    {
        var connection = _connection = await HubClient.ConnectAsync(server.Hub);
        _callers.Start(async () =>
        {
            long began = Stopwatch.GetTimestamp();
            await connection.InvokeAsync<string>("Echo", message);
            _roundTrips.Add(Stopwatch.GetTimestamp() - began);
            Interlocked.Increment(ref _done);
        });
    }

    public async ValueTask DisposeAsync()
    {
        await _callers.DisposeAsync();
        await (_connection?.DisposeAsync() ?? default);
    }
}
