using Polly.Retry;

namespace Late.Hosting;

/// <summary>What <c>ConfigureCalls</c> can build a pipeline from.</summary>
/// <param name="name">The connection's name.</param>
/// <param name="options">The connection's options as they are now.</param>
/// <param name="retry">A retry of calls that the handler has not received.</param>
/// <param name="services">The application's services.</param>
public sealed class LateCallsContext(string name, LateConnectionOptions options, RetryStrategyOptions retry, IServiceProvider services)
{
    /// <summary>The connection's name.</summary>
    public string Name { get; } = name;

    /// <summary>The connection's options as they are when the pipeline is built.</summary>
    public LateConnectionOptions Options { get; } = options;

    /// <summary>
    /// A retry of calls that the handler has not received: those that fail with a <see cref="LateDisconnectedException"/> or a
    /// <see cref="LateCallTimeoutException"/> of this connection whose delivery is <see cref="LateDelivery.NotDelivered"/>. It makes up to three
    /// more attempts, with the delays of <see cref="LateConnectionOptions.Reconnect"/>. Change it and add it with
    /// <c>pipeline.AddRetry(context.Retry)</c>.
    /// </summary>
    public RetryStrategyOptions Retry { get; } = retry;

    /// <summary>The application's services.</summary>
    public IServiceProvider Services { get; } = services;
}
