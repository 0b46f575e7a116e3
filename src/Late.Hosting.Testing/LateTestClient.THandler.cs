using System.Runtime.CompilerServices;
using Late.Hosting.Connection.Callbacks;

namespace Late.Hosting.Testing;

/// <summary>
/// A client without a connection, for the test of a class that uses one: it is ready, accepts posts and frames, and does nothing with them. Override what the
/// test needs; calls, subscriptions, streams and delayed posts throw <see cref="NotSupportedException"/> until then.
/// </summary>
/// <typeparam name="THandler">The handler whose client it is.</typeparam>
public abstract class LateTestClient<THandler> : ILateClient<THandler>
    where THandler : ILateHandler
{
    /// <inheritdoc/>
    /// <value>The default is <c>Test</c>.</value>
    public virtual string Name => "Test";

    /// <inheritdoc/>
    /// <value>The default is ready.</value>
    public virtual LateConnectionStatus Status { get; } = new() { State = LateConnectionState.Ready, Since = DateTimeOffset.UnixEpoch, Reason = "It is a fake." };

    /// <inheritdoc/>
    /// <value>The default is null.</value>
    public virtual TimeSpan? RoundTrip => null;

    /// <inheritdoc/>
    public virtual Task WaitForReadyAsync(CancellationToken cancellationToken = default) => Task.CompletedTask;

    /// <inheritdoc/>
    public virtual async IAsyncEnumerable<LateConnectionStatus> WatchAsync([EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        await Task.CompletedTask.ConfigureAwait(false);
        yield return Status;
    }

    /// <inheritdoc/>
    public virtual Task ReconnectAsync(LateReconnect request, CancellationToken cancellationToken = default)
    {
        ReconnectCheck.Request(request);
        cancellationToken.ThrowIfCancellationRequested();
        return Task.CompletedTask;
    }

    /// <inheritdoc/>
    public virtual Task<TimeSpan> PingAsync(CancellationToken cancellationToken = default) => Task.FromResult(TimeSpan.Zero);

    /// <inheritdoc/>
    public virtual ValueTask SendAsync(LateFrame frame, LateCallOptions options, CancellationToken cancellationToken = default) => default;

    /// <inheritdoc/>
    public virtual Task<TReply> DispatchCallAsync<TRequest, TReply>(TRequest request, LateCallOptions options, CancellationToken cancellationToken) =>
        throw NotOverridden(nameof(DispatchCallAsync));

    /// <inheritdoc/>
    public virtual ValueTask DispatchPostAsync<TMessage>(TMessage message, LatePostOptions options, CancellationToken cancellationToken) => default;

    /// <inheritdoc/>
    public virtual IDisposable DispatchPostAfter<TMessage>(TimeSpan delay, TMessage message, LatePostOptions options) =>
        throw NotOverridden(nameof(DispatchPostAfter));

    /// <inheritdoc/>
    public virtual Task<LateSubscription<TItem>> DispatchSubscribeAsync<TTopic, TItem>(TTopic topic, LateSubscribeOptions options, CancellationToken cancellationToken)
        where TTopic : ILateTopic<TTopic, TItem> =>
        throw NotOverridden(nameof(DispatchSubscribeAsync));

    /// <inheritdoc/>
    public virtual IAsyncEnumerable<TItem> DispatchStreamAsync<TRequest, TItem>(TRequest request, LateStreamOptions options, CancellationToken cancellationToken)
        where TRequest : ILateStreamRequest<TRequest, TItem> =>
        throw NotOverridden(nameof(DispatchStreamAsync));

    private NotSupportedException NotOverridden(string member) => new($"The client of connection '{Name}' is a fake. Override {member}.");
}
