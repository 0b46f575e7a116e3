using Late.Hosting.Connection.Lifecycle;

namespace Late.Hosting.Connection.Callbacks;

/// <summary>The actions of a result, in addition to its state and its single frame.</summary>
internal sealed record ResultActions
{
    public IReadOnlyList<LateFrame>? Frames { get; init; }

    public NextStep Next { get; init; }

    public int CloseCode { get; init; }

    public string Reason { get; init; } = "";

    public TimeSpan? After { get; init; }

    /// <summary>How the session ends where the connection is faulted.</summary>
    public SessionEnd? Faulted { get; init; }

    /// <summary>How the next session is made, where the result asks for one.</summary>
    public LateReconnect? Reconnect { get; init; }

    public bool Hold { get; init; }

    public bool Release { get; init; }

    public bool HoldClose { get; init; }

    public bool ReleaseClose { get; init; }

    public bool ReleaseSlot { get; init; }

    public bool HoldConfirm { get; init; }

    /// <summary>The close frame of a close of ours.</summary>
    public (int Code, string Reason)? Close { get; init; }

    /// <summary>How the session ends where the result asks for it.</summary>
    public SessionEnd ToEnd() => Next == NextStep.Fault ? Faulted! : SessionEnd.FromHandler(Next, CloseCode, Reason, After) with { Uri = Reconnect?.Uri, HasUriOfHandler = true, Request = Reconnect };

    public ResultActions ThenStop(int closeCode, string reason)
    {
        ReconnectCheck.CloseCode(closeCode);
        return this with { Next = NextStep.Stop, CloseCode = closeCode, Reason = reason };
    }

    public ResultActions ThenFault(string reason, Exception? exception) =>
        this with { Next = NextStep.Fault, Faulted = SessionEnd.FaultedByHandler(reason, exception) };

    public ResultActions CloseWith(int closeCode, string reason)
    {
        ReconnectCheck.CloseCode(closeCode);
        return this with { Close = (closeCode, reason) };
    }

    public ResultActions ThenReconnect(LateReconnect request)
    {
        ReconnectCheck.Request(request);
        return this with { Next = NextStep.Reconnect, CloseCode = request.CloseCode, Reason = request.Reason, After = request.After, Reconnect = request };
    }
}
