using Late.Hosting.Benchmarks.Measuring;
using Microsoft.AspNetCore.SignalR.Client;

namespace Late.Hosting.Benchmarks.Contestants.SignalR;

/// <summary>Sends invocations with one text each to a hub.</summary>
internal sealed class HubSend(int callers, string message) : ITrial
{
    private readonly Callers _callers = new(callers);
    private HubConnection? _connection;

    public long? Done => null;

    public async Task StartAsync(ServerAddress server)
    {
        var connection = _connection = await HubClient.ConnectAsync(server.Hub);
        _callers.Start(async () => await connection.SendAsync("Take", message));
    }

    public async ValueTask DisposeAsync()
    {
        await _callers.DisposeAsync();
        await (_connection?.DisposeAsync() ?? default);
    }
}
