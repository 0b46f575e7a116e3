namespace Late.Hosting.Connection.Callbacks;

/// <summary>Puts together the runner of a handler.</summary>
internal sealed class RunnerOpener(ConnectionContext connection) : IHandlerOpener<Runner>
{
    public Runner Open<TState>(ILateHandler<TState> handler) => Open(handler, handler);

    public Runner Open<TState, TMessage>(ILateMessageHandler<TState, TMessage> handler)
        where TMessage : class =>
        Open(handler, new MessageRouter<TState, TMessage>(handler));

    /// <param name="handler">The handler.</param>
    /// <param name="receiver">Whose <c>HandleIn</c> gets the received frames.</param>
    private Runner Open<TState>(ILateHandler<TState> handler, ILateHandler<TState> receiver)
    {
        var callback = new RunningCallback(connection);
        var results = new ResultWriter(connection, handler);
        var state = new HandlerState<TState>(callback, results);
        var life = new LifeCallbacks<TState>(handler, state, callback, results, connection);
        var frames = new FrameLoop<TState>(receiver, state, callback, results, connection);
        return new Runner(connection, callback, results, new HandlerParts(handler, state, life, frames));
    }
}
