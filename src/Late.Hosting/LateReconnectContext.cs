using Polly.Retry;

namespace Late.Hosting;

/// <summary>What <c>ConfigureReconnect</c> can build a pipeline from.</summary>
/// <param name="name">The connection's name.</param>
/// <param name="options">The connection's options as they are now.</param>
/// <param name="retry">The retry strategy that a connection has by default.</param>
/// <param name="services">The application's services.</param>
public sealed class LateReconnectContext(
    string name, LateConnectionOptions options, RetryStrategyOptions<LateSessionOutcome> retry, IServiceProvider services)
{
    /// <summary>The connection's name.</summary>
    public string Name { get; } = name;

    /// <summary>The connection's options as they are now.</summary>
    public LateConnectionOptions Options { get; } = options;

    /// <summary>
    /// The retry strategy that a connection has by default, made from <see cref="LateConnectionOptions.Reconnect"/>. Change
    /// it and add it with <c>pipeline.AddRetry(context.Retry)</c>; a pipeline without a retry makes one attempt only.
    /// </summary>
    public RetryStrategyOptions<LateSessionOutcome> Retry { get; } = retry;

    /// <summary>The application's services.</summary>
    public IServiceProvider Services { get; } = services;
}
