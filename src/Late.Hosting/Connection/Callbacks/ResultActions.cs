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

    public bool Hold { get; init; }

    public bool Release { get; init; }

    public bool HoldClose { get; init; }

    public bool ReleaseClose { get; init; }

    /// <summary>The close frame of a close of ours.</summary>
    public (int Code, string Reason)? Close { get; init; }

    /// <summary>How the session ends where the result asks for it.</summary>
    public SessionEnd ToEnd() => Next == NextStep.Fault ? Faulted! : SessionEnd.FromHandler(Next, CloseCode, Reason, After);

    public ResultActions ThenStop(int closeCode, string reason)
    {
        CheckCloseCode(closeCode);
        return this with { Next = NextStep.Stop, CloseCode = closeCode, Reason = reason };
    }

    public ResultActions ThenFault(string reason, Exception? exception) =>
        this with { Next = NextStep.Fault, Faulted = SessionEnd.FaultedByHandler(reason, exception) };

    public ResultActions CloseWith(int closeCode, string reason)
    {
        CheckCloseCode(closeCode);
        return this with { Close = (closeCode, reason) };
    }

    public ResultActions ThenReconnect(string reason, TimeSpan? after)
    {
        DisconnectRequest.CheckDelay(after);
        return this with { Next = NextStep.Reconnect, CloseCode = LateCloseCode.NormalClosure, Reason = reason, After = after };
    }

    private static void CheckCloseCode(int closeCode)
    {
        if (!LateCloseCode.MaySend(closeCode))
        {
            throw new ArgumentOutOfRangeException(
                nameof(closeCode), closeCode, "This code is not allowed in a close frame (RFC 6455 §7.4). Use 1000, or 4000 to 4999 for your own codes.");
        }
    }
}
