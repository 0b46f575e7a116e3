namespace Late.Hosting.Transport;

/// <summary>Opens WebSockets for one connection: the only room that knows HTTP.</summary>
internal interface ITransport : IDisposable
{
    /// <summary>Connects and upgrades.</summary>
    /// <exception cref="LateConnectException">It failed; the exception says how.</exception>
    /// <exception cref="OperationCanceledException">The token was cancelled.</exception>
    Task<WebSocketConnection> ConnectAsync(LateHandshakeContext request, LateConnectionOptions options, CancellationToken cancellationToken);
}
