using Late.Hosting.Benchmarks.Measuring;
using Websocket.Client;

namespace Late.Hosting.Benchmarks.Contestants.Reactive;

/// <summary>Sends by <c>SendInstant</c>: what <c>Send</c> only queues is not bounded.</summary>
internal sealed class ReactiveSend(int callers, string message) : ITrial
{
    private readonly Callers _callers = new(callers);
    private WebsocketClient? _client;

    public long? Done => null;

    public async Task StartAsync(ServerAddress server)
    {
        var client = _client = await ReactiveClient.ConnectAsync(server.Raw("/sink"));
        _callers.Start(async () => await client.SendInstant(message));
    }

    public async ValueTask DisposeAsync()
    {
        await _callers.DisposeAsync();
        _client?.Dispose();
    }
}
