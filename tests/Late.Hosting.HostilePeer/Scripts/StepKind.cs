namespace Late.Hosting.HostilePeer.Scripts;

/// <summary>What the peer does in a session, one step after the other.</summary>
internal enum StepKind
{
    /// <summary>A flood, until the client has done what it is expected to do meanwhile.</summary>
    Flood,

    /// <summary>Numbered messages in one write.</summary>
    Messages,

    /// <summary>Numbered messages in fragments, with pings between them.</summary>
    FragmentedMessages,

    /// <summary>Numbered messages, compressed.</summary>
    CompressedMessages,

    /// <summary>"Hello" in a final deflate block (RFC 7692 §7.2.3.4).</summary>
    FinalBlock,

    /// <summary>Pings in one write; the last is to be answered.</summary>
    PingBurst,

    /// <summary>Reads nothing from here on.</summary>
    Deafen,

    /// <summary>Reads again.</summary>
    Undeafen,

    /// <summary>Waits until the client is ready.</summary>
    AwaitReady,

    /// <summary>Waits for a while.</summary>
    Pause,

    /// <summary>Ends TCP when a message of the client's comes: FIN.</summary>
    FinOnMessage,

    /// <summary>Ends TCP when a message of the client's comes: RST.</summary>
    ResetOnMessage,

    /// <summary>Sends a close frame when a message of the client's comes.</summary>
    CloseOnMessage,
    Fin,
    Reset,

    /// <summary>Sends nothing more, and answers nothing.</summary>
    Stall,

    /// <summary>A close frame; the client's answer and end are waited for.</summary>
    Close,
    CloseWithoutCode,
    CloseWithBadCode,
    CloseWithOneByte,
    CloseWithBadReason,
    CloseThenData,
    CloseTwice,
    CloseThenFin,
    CloseThenReset,

    /// <summary>A frame that ends before its end, then FIN.</summary>
    CutThenFin,
    CutThenReset,
    CutThenStall,

    /// <summary>A frame that breaks RFC 6455.</summary>
    BadFrame,

    /// <summary>Behaves well until the client leaves.</summary>
    Hold,
}
