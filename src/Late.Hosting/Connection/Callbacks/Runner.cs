using Late.Hosting.Connection.Sending;
using Late.Hosting.Connection.Sessions;

namespace Late.Hosting.Connection.Callbacks;

/// <summary>Runs a handler's callbacks, one at a time: what the rest of the connection sees of it, without the state's type.</summary>
internal abstract class Runner(ConnectionContext connection)
{
    private readonly CancellationTokenSource _callbacks = new();

    /// <summary>The handler.</summary>
    public abstract object Handler { get; }

    /// <summary>The type of the handler's state.</summary>
    public abstract Type StateType { get; }

    /// <summary>The token of callbacks: cancelled when a stopping connection has waited long enough.</summary>
    public CancellationToken CallbackToken => _callbacks.Token;

    /// <summary>The callback that is running; null between callbacks.</summary>
    public string? CurrentCallback { get; protected set; }

    /// <summary>Counts the callbacks.</summary>
    public long CallbackNumber { get; protected set; }

    protected ConnectionContext Connection { get; } = connection;

    /// <summary>True when there is a state.</summary>
    public bool IsInitialized { get; protected set; }

    /// <summary>The session whose callbacks run.</summary>
    protected Session? Session { get; set; }

    /// <summary>Asks the running callback to end.</summary>
    public void CancelCallbacks() => _ = _callbacks.CancelAsync();

    /// <summary>Makes the first state, or after an error a new one.</summary>
    public abstract Task InitAsync(CancellationToken cancellationToken);

    /// <summary>Runs a session's callbacks until it ends.</summary>
    public abstract Task RunAsync(Session session);

    /// <summary>Tells the handler that its session has ended.</summary>
    /// <returns>What it wants to follow.</returns>
    public abstract Task<ResultActions?> DisconnectAsync(LateDisconnect disconnect);

    /// <summary>Tells the handler that all has ended.</summary>
    public abstract Task TerminateAsync(LateTerminateReason reason, CancellationToken cancellationToken);

    /// <summary>Keeps a call that the handler now has, until the session ends.</summary>
    public void Track(LateCall call) => Session!.Calls.Track(call);

    /// <summary>Writes a frame that is nobody's result.</summary>
    public void Write(in LateFrame frame, SendItem sender) => Session!.Output.Write(new ReadOnlySpan<LateFrame>(in frame), sender);
}
