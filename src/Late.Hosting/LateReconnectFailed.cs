namespace Late.Hosting;

/// <summary>
/// Posted to a handler that implements <c>ILateInfoHandler&lt;TState, LateReconnectFailed&gt;</c>: the next connection, which it or a client had
/// asked for with <see cref="LateReconnectOrder.ConnectFirst"/>, could not be made. The session continues. It is not posted where a reload, which had to
/// wait for the session to begin, ends that in any case.
/// </summary>
/// <param name="Request">What was requested; without an address of its own, it has that of an earlier request in whose place it came.</param>
/// <param name="Exception">Why it failed.</param>
public sealed record LateReconnectFailed(LateReconnect Request, LateConnectException Exception);
