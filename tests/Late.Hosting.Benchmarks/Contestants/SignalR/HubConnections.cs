using Late.Hosting.Benchmarks.Measuring;
using Microsoft.AspNetCore.SignalR.Client;

namespace Late.Hosting.Benchmarks.Contestants.SignalR;

/// <summary>Many connections to a hub.</summary>
internal sealed class HubConnections : IConnections
{
    private HubConnection[] _connections = [];

    public void Prepare(ServerAddress server, Uri uri, int count) =>
        _connections = [.. Enumerable.Range(0, count).Select(_ => HubClient.Create(server.Hub))];

    public Task ConnectAsync() => Task.WhenAll(_connections.Select(connection => connection.StartAsync()));

    public async ValueTask DisposeAsync()
    {
        foreach (var connection in _connections)
        {
            await connection.DisposeAsync();
        }
    }
}
