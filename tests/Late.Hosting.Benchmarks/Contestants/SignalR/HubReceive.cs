using Late.Hosting.Benchmarks.Measuring;
using Microsoft.AspNetCore.SignalR.Client;

namespace Late.Hosting.Benchmarks.Contestants.SignalR;

/// <summary>Receives invocations with one text each, ready-made by the server.</summary>
internal sealed class HubReceive(string target) : ITrial
{
    private readonly Counter _counter = new();
    private HubConnection? _connection;

    public long? Done => _counter.Value;

    public async Task StartAsync(ServerAddress server)
    {
        _connection = HubClient.Create(new UriBuilder(server.Raw(target)) { Scheme = "http" }.Uri);
        _connection.On<string>("take", _ => _counter.Increment());
        await _connection.StartAsync();
    }

    public ValueTask DisposeAsync() => _connection?.DisposeAsync() ?? default;
}
