namespace Late.Hosting.Connection.Lifecycle;

/// <summary>Where a session is in its life; for a connection without a session, what stands in its place.</summary>
internal enum SessionPhase
{
    /// <summary>There is no session, and no attempt to open one.</summary>
    None,

    /// <summary>An attempt that was begun while another session continued, and outlasts it.</summary>
    Pending,

    /// <summary>Upgraded while another session continues: it has no number and no callbacks.</summary>
    Candidate,

    /// <summary>An attempt is in progress.</summary>
    Connecting,

    /// <summary><c>HandleConnect</c> runs.</summary>
    Opening,

    /// <summary><c>HandleConnect</c> has completed, and holds calls back.</summary>
    Held,

    /// <summary>Ready as soon as the frames before it are written.</summary>
    Releasing,

    /// <summary>Work is admitted.</summary>
    Ready,

    /// <summary>Nothing more is admitted; the session ends when what was admitted is handled.</summary>
    Draining,

    /// <summary>The goodbye before a close of ours.</summary>
    Closing,

    /// <summary>The handler keeps the session open after its goodbye.</summary>
    HeldClose,

    /// <summary>Ended: its socket is closed, and what was received before may still be handled.</summary>
    Closed,
}
