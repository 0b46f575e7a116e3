namespace Late.Hosting;

/// <summary>
/// Posted to a handler that implements <c>ILateInfoHandler&lt;TState, LateReconnectFailed&gt;</c>: the next connection, which it or a client had
/// asked for with <see cref="LateReconnectOrder.ConnectFirst"/>, could not be made. The session continues.
/// </summary>
/// <param name="Request">What was asked for.</param>
/// <param name="Exception">Why it failed.</param>
public sealed record LateReconnectFailed(LateReconnect Request, LateConnectException Exception);
