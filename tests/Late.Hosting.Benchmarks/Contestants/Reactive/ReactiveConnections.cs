using Late.Hosting.Benchmarks.Measuring;
using Websocket.Client;

namespace Late.Hosting.Benchmarks.Contestants.Reactive;

/// <summary>Many clients.</summary>
internal sealed class ReactiveConnections : IConnections
{
    private WebsocketClient[] _clients = [];

    public void Prepare(ServerAddress server, Uri uri, int count) =>
        _clients = [.. Enumerable.Range(0, count).Select(_ => ReactiveClient.Create(uri, static _ => { }))];

    public Task ConnectAsync() => Task.WhenAll(_clients.Select(client => client.StartOrFail()));

    public ValueTask DisposeAsync()
    {
        foreach (var client in _clients)
        {
            client.Dispose();
        }

        return default;
    }
}
