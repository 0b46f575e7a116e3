using System.Diagnostics;
using Late.Hosting.Connection.Lifecycle;
using Late.Hosting.Connection.Sessions;

namespace Late.Hosting.Connection.Callbacks;

/// <summary>The callbacks of a handler's life: what the runner sees of <see cref="LifeCallbacks{TState}"/>.</summary>
internal interface ILifeCallbacks
{
    /// <summary>True when there is a state.</summary>
    bool IsInitialized { get; }

    /// <summary>True from the beginning of <c>HandleConnect</c> to that of <c>HandleDisconnect</c>.</summary>
    bool IsConnected { get; }

    /// <summary>Makes the first state, or after an error a new one.</summary>
    Task InitAsync(CancellationToken cancellationToken);

    /// <summary>Has the handler complete the request of an attempt, while there is no session.</summary>
    /// <param name="handshake">The attempt's request.</param>
    /// <param name="cancellationToken">Canceled when the attempt is.</param>
    /// <returns>Done when the callback is; failed with what it threw.</returns>
    Task ConnectingAsync(LateHandshakeContext handshake, CancellationToken cancellationToken);

    /// <summary>The same in an open session, as one of the callbacks that the runner runs.</summary>
    /// <param name="handshake">The attempt's request.</param>
    /// <param name="attempt">The span of the attempt; empty where tracing is off.</param>
    /// <param name="cancellationToken">Canceled when the attempt is.</param>
    ValueTask ConnectingInSessionAsync(LateHandshakeContext handshake, ActivityContext attempt, CancellationToken cancellationToken);

    /// <summary>Notifies the handler that a session has begun.</summary>
    /// <returns>How the session ends where the handler has thrown; null otherwise.</returns>
    Task<SessionEnd?> ConnectAsync(Session session);

    /// <summary>Runs the handler's goodbye before a close of ours.</summary>
    Task CloseAsync(Session session);

    /// <summary>Notifies the handler that its session has ended.</summary>
    /// <returns>What it wants to follow; null leaves it to the options.</returns>
    Task<DisconnectRequest?> DisconnectAsync(LateDisconnect disconnect);

    /// <summary>Notifies the handler that the connection has ended.</summary>
    Task TerminateAsync(LateTerminateReason reason, CancellationToken cancellationToken);
}
