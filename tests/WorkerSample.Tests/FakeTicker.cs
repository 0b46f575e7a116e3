using Late.Hosting;
using WorkerSample.Ticker;

namespace WorkerSample.Tests;

/// <summary>A client without a connection: everything that it is asked for ends with one exception, as a real one's could.</summary>
internal sealed class FakeTicker(Exception exception) : ILateClient<TickerHandler>
{
    public string Name => "Ticker";

    public LateConnectionStatus Status { get; } = new()
    {
        State = LateConnectionState.Reconnecting,
        Since = DateTimeOffset.UnixEpoch,
        Reason = "The test wants it so.",
    };

    public TimeSpan? RoundTrip => null;

    public Task WaitForReadyAsync(CancellationToken cancellationToken = default) => Task.FromException(exception);

    public IAsyncEnumerable<LateConnectionStatus> WatchAsync(CancellationToken cancellationToken = default) => throw exception;

    public Task ReconnectAsync(LateReconnect request, CancellationToken cancellationToken = default) => Task.FromException(exception);

    public Task<TimeSpan> PingAsync(CancellationToken cancellationToken = default) => Task.FromException<TimeSpan>(exception);

    public ValueTask SendAsync(LateFrame frame, LateCallOptions options, CancellationToken cancellationToken = default) => ValueTask.FromException(exception);

    public Task<TReply> DispatchCallAsync<TRequest, TReply>(TRequest request, LateCallOptions options, CancellationToken cancellationToken) =>
        Task.FromException<TReply>(exception);

    public ValueTask DispatchPostAsync<TMessage>(TMessage message, LatePostOptions options, CancellationToken cancellationToken) =>
        ValueTask.FromException(exception);

    public Task<LateSubscription<TItem>> DispatchSubscribeAsync<TTopic, TItem>(TTopic topic, LateSubscribeOptions options, CancellationToken cancellationToken)
        where TTopic : ILateTopic<TTopic, TItem> =>
        Task.FromException<LateSubscription<TItem>>(exception);

    public IAsyncEnumerable<TItem> DispatchStreamAsync<TRequest, TItem>(TRequest request, LateStreamOptions options, CancellationToken cancellationToken)
        where TRequest : ILateStreamRequest<TRequest, TItem> => throw exception;

    public IDisposable DispatchPostAfter<TMessage>(TimeSpan delay, TMessage message, LatePostOptions options) => throw exception;
}
