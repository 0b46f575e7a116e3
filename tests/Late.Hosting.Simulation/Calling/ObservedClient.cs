using Late.Hosting.Simulation.Handling;

namespace Late.Hosting.Simulation.Calling;

/// <summary>A connection as a broadcast sees it: its call is made as that of a single caller is.</summary>
internal sealed class ObservedClient(ILateClient<SimulationHandler> client, Func<(LateCallOptions Options, CancellationToken Cancellation), Task> call) : ILateClient<SimulationHandler>
{
    public string Name => client.Name;

    public LateConnectionStatus Status => client.Status;

    public TimeSpan? RoundTrip => client.RoundTrip;

    // The request is the number of the call, which the call itself gives it.
    public Task<TReply> DispatchCallAsync<TRequest, TReply>(TRequest request, LateCallOptions options, CancellationToken cancellationToken) =>
        (Task<TReply>)call((options, cancellationToken));

    public Task WaitForReadyAsync(CancellationToken cancellationToken) => throw new NotSupportedException();

    public IAsyncEnumerable<LateConnectionStatus> WatchAsync(CancellationToken cancellationToken) => throw new NotSupportedException();

    public Task<TimeSpan> PingAsync(CancellationToken cancellationToken) => throw new NotSupportedException();

    public Task ReconnectAsync(LateReconnect request, CancellationToken cancellationToken) => throw new NotSupportedException();

    public ValueTask SendAsync(LateFrame frame, LateCallOptions options, CancellationToken cancellationToken) => throw new NotSupportedException();

    public ValueTask DispatchPostAsync<TMessage>(TMessage message, LatePostOptions options, CancellationToken cancellationToken) => throw new NotSupportedException();

    public IDisposable DispatchPostAfter<TMessage>(TimeSpan delay, TMessage message, LatePostOptions options) => throw new NotSupportedException();

    public Task<LateSubscription<TItem>> DispatchSubscribeAsync<TTopic, TItem>(TTopic topic, LateSubscribeOptions options, CancellationToken cancellationToken)
        where TTopic : ILateTopic<TTopic, TItem> => throw new NotSupportedException();
}
