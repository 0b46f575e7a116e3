using Late.Hosting.Benchmarks.Measuring;
using Websocket.Client;

namespace Late.Hosting.Benchmarks.Contestants.Reactive;

/// <summary>Receives through <c>MessageReceived</c>.</summary>
internal sealed class ReactiveReceive(string target) : ITrial
{
    private readonly Counter _counter = new();
    private readonly TaskCompletionSource _first = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private WebsocketClient? _client;
    private Task _starting = Task.CompletedTask;

    public long? Done => _counter.Value;

    public async Task StartAsync(ServerAddress server)
    {
        _client = ReactiveClient.Create(server.Raw(target), _ =>
        {
            _counter.Increment();
            _first.TrySetResult();
        });

        // Its start does not return while there is always something to receive.
        _starting = Task.Run(_client.StartOrFail);
        await Task.WhenAny(_starting, _first.Task);
    }

    public async ValueTask DisposeAsync()
    {
        _client?.Dispose();
        await _starting.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }
}
