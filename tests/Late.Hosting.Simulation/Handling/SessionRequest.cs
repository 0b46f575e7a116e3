namespace Late.Hosting.Simulation.Handling;

/// <summary>A request for the next session, with all that one can specify.</summary>
/// <param name="Id">It is part of the reason, and so of what the log and <c>HandleDisconnect</c> have.</param>
/// <param name="Request">What is requested.</param>
/// <param name="Session">The session that is to be replaced; zero where there was none.</param>
/// <param name="At">When.</param>
internal sealed record SessionRequest(int Id, LateReconnect Request, int Session, TimeSpan At)
{
    /// <summary>The session that is to be replaced: one that came when the next connection was made is for the session that this becomes.</summary>
    public int Session { get; set; } = Session;

    /// <summary>True where the next connection is made while the session continues.</summary>
    public bool ConnectsFirst => Request.Order == LateReconnectOrder.ConnectFirst;

    /// <summary>True where the session does not take work any more, or will not soon, and continues.</summary>
    public bool Drains => ConnectsFirst || Request.FinishCalls;

    /// <summary>It was refused, by the connection or by the next server: the handler is notified, and the session continues.</summary>
    public bool HasFailed { get; set; }

    /// <summary>In how many attempts its address was used.</summary>
    public int Uses { get; set; }

    /// <summary>True where its address must not be used: the connection was ending.</summary>
    public bool IsVoid { get; set; }
}
