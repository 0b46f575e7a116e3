namespace Late.Hosting.Connection.Lifecycle;

/// <summary>What moves a connection or its session from one phase to the next.</summary>
internal enum LifecycleEvent
{
    /// <summary>Another owner runs the connection.</summary>
    Standby,

    /// <summary>The connection starts.</summary>
    Start,

    /// <summary>An attempt begins.</summary>
    BeginAttempt,

    /// <summary>The attempt has failed, or a new session was requested meanwhile.</summary>
    FailAttempt,

    /// <summary>The attempt that is to replace the session outlasts it from here on.</summary>
    Detach,

    /// <summary>The next connection is upgraded while the session continues.</summary>
    Prepare,

    /// <summary>The next connection leaves its slot: an attempt takes it, or it is refused or not needed.</summary>
    Take,

    /// <summary>The server has accepted the upgrade.</summary>
    Open,

    /// <summary><c>HandleConnect</c> has completed.</summary>
    HandlerConnected,

    /// <summary><c>HandleConnect</c> has completed, and holds calls back.</summary>
    HandlerHeld,

    /// <summary>A result releases the calls that <c>HandleConnect</c> holds back.</summary>
    Release,

    /// <summary>The frames before ready are written.</summary>
    FramesWritten,

    /// <summary><see cref="LateConnectionOptions.ReadyTimeout"/> has passed.</summary>
    ReadyTimeout,

    /// <summary>The session ends when what was admitted is handled.</summary>
    Drain,

    /// <summary>A close of ours begins with a goodbye.</summary>
    BeginClosing,

    /// <summary>The handler keeps the session open after its goodbye.</summary>
    HoldClose,

    /// <summary>The handler lets the session close.</summary>
    ReleaseClose,

    /// <summary>The session ends.</summary>
    End,

    /// <summary>Nothing of the session is left.</summary>
    Leave,

    /// <summary>The connection stops.</summary>
    Stop,

    /// <summary>The connection fails permanently.</summary>
    Fault,

    /// <summary>A new life begins after a fault.</summary>
    Revive,

    /// <summary>An error of the handler ends its life, and not the connection.</summary>
    EndLife,

    /// <summary>The next life after such an error begins.</summary>
    BeginLife,

    /// <summary><c>Init</c> of that life has completed.</summary>
    Initialized,

    /// <summary>Everything has stopped.</summary>
    Finish,

    /// <summary>No new life follows a fault.</summary>
    Retire,
}
