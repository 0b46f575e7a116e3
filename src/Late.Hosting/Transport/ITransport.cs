namespace Late.Hosting.Transport;

/// <summary>Opens WebSockets for one connection: the only room that knows HTTP.</summary>
internal interface ITransport : IDisposable
{
    /// <summary>Connects and upgrades.</summary>
    /// <exception cref="LateConnectException">It failed; the exception has the reason.</exception>
    /// <exception cref="OperationCanceledException">The token was canceled.</exception>
    Task<WebSocketConnection> ConnectAsync(LateHandshakeContext request, LateConnectionOptions options, CancellationToken cancellationToken);
}
