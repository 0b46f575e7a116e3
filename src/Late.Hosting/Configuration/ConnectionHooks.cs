using Late.Hosting.Ownership;
using Polly;

namespace Late.Hosting.Configuration;

/// <summary>What the builder's methods add to a connection: the options' other half, which no configuration file holds.</summary>
internal sealed class ConnectionHooks
{
    public List<Func<LateHandshakeContext, CancellationToken, ValueTask>> Handshake { get; } = [];

    public List<Action<SocketsHttpHandler, IServiceProvider>> HttpHandler { get; } = [];

    public List<Action<ResiliencePipelineBuilder<LateSessionOutcome>, LateReconnectContext>> Reconnect { get; } = [];

    public List<Action<ResiliencePipelineBuilder, LateCallsContext>> Calls { get; } = [];

    /// <summary>Makes what decides whether this host runs the connection; null where it always does.</summary>
    public Func<IServiceProvider, IOwned, IOwnership>? Ownership { get; set; }

    /// <summary>The budget of attempts that the connection shares with others; null for none.</summary>
    public string? Budget { get; set; }
}
