namespace Late.Hosting.Connection.Callbacks;

/// <summary>Puts together the runner of a handler.</summary>
internal sealed class RunnerOpener(ConnectionContext connection) : IHandlerOpener<Runner>
{
    public Runner Open<TState>(ILateHandler<TState> handler)
    {
        var callback = new RunningCallback(connection);
        var results = new ResultWriter();
        var state = new HandlerState<TState>(callback, results);
        var life = new LifeCallbacks<TState>(handler, state, callback, results, connection);
        var frames = new FrameLoop<TState>(handler, state, callback, results, connection);
        return new Runner(connection, callback, results, new HandlerParts(handler, state, life, frames));
    }
}
