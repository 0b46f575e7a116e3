using Late.Hosting.HostilePeer.Scripts;

namespace Late.Hosting.HostilePeer.Oracle;

/// <summary>What happened in one session.</summary>
/// <param name="number">Counts the upgrades of the peer; the answer's head carries it to the handler.</param>
/// <param name="plan">What the peer does.</param>
/// <param name="isLast">True where no attempt is planned after it.</param>
internal sealed class SessionFacts(int number, AttemptPlan plan, bool isLast)
{
    public int Number => number;

    public AttemptPlan Plan => plan;

    public bool IsLast => isLast;

    /// <summary>The tick in which the answer had been written; 0 before it.</summary>
    public long UpgradedAt { get; set; }

    /// <summary>The tick in which <c>HandleConnect</c> began; 0 before it.</summary>
    public long ConnectedAt { get; set; }

    /// <summary>The tick of the handler's last timer.</summary>
    public long BeatAt { get; set; }

    public int Beats { get; set; }

    /// <summary>True when either side has ended it.</summary>
    public bool IsOver { get; set; }

    /// <summary>What the peer is doing; null before the first step and after the last.</summary>
    public Step? Step { get; set; }

    /// <summary>The tick in which that began.</summary>
    public long StepAt { get; set; }

    /// <summary>How many calls had ended when the step began.</summary>
    public int CallsBefore { get; set; }

    public int BeatsBefore { get; set; }

    /// <summary>How many numbered messages the peer has written whole.</summary>
    public int Sent { get; set; }

    /// <summary>How many numbered messages the handler has seen.</summary>
    public int Handled { get; set; }

    /// <summary>The code of an orderly close by the peer, before which everything was written.</summary>
    public int? ClosedWith { get; set; }

    /// <summary>True where the peer has broken, or cut, the protocol.</summary>
    public bool IsWrong { get; set; }

    public LateDisconnect? Disconnect { get; set; }

    /// <summary>Over HTTP/2: no attempt may follow on its TCP connection.</summary>
    public Action? FailConnection { get; set; }

    /// <summary>True where the step waits for the client or for nothing.</summary>
    public bool IsWaiting => Step?.Kind is StepKind.Stall or StepKind.CutThenStall or StepKind.Hold or StepKind.FinOnMessage or StepKind.ResetOnMessage or StepKind.CloseOnMessage;

    public bool IsFlooding => Step?.Kind == StepKind.Flood;
}
