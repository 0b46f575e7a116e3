using Late.Hosting.Connection.Callbacks;

namespace Late.Hosting;

/// <summary>
/// What <c>HandleDisconnect</c> returns: the next state, and whether the connection continues. Made by
/// <see cref="LateDisconnectResult"/>. It has no frames, because there is no session to send them to.
/// </summary>
/// <typeparam name="TState">The state's type.</typeparam>
public readonly struct LateDisconnectResult<TState>
{
    internal LateDisconnectResult(TState state)
    {
        State = state;
    }

    private LateDisconnectResult(TState state, DisconnectRequest request)
    {
        (State, Request) = (state, request);
    }

    /// <summary>The next state.</summary>
    public TState State { get; }

    /// <summary>What the handler wants to follow; null leaves it to the options.</summary>
    internal DisconnectRequest? Request { get; }

    /// <summary>Returns the result from an asynchronous callback that completes synchronously.</summary>
    /// <param name="result">The result.</param>
    public static implicit operator ValueTask<LateDisconnectResult<TState>>(LateDisconnectResult<TState> result) => new(result);

    internal LateDisconnectResult<TState> ThenReconnect(TimeSpan? after) => new(State, DisconnectRequest.Reconnect(after));

    internal LateDisconnectResult<TState> ThenFault(string reason, Exception? exception) => new(State, DisconnectRequest.Fault(reason, exception));

    internal LateDisconnectResult<TState> ThenReconnect(LateReconnect request) => new(State, DisconnectRequest.Reconnect(request));

    internal LateDisconnectResult<TState> ThenStop() => new(State, DisconnectRequest.Stop);
}
