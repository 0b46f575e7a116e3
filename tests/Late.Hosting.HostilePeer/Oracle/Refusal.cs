using Late.Hosting.HostilePeer.Scripts;

namespace Late.Hosting.HostilePeer.Oracle;

/// <summary>A refusal that the peer has written.</summary>
/// <param name="Plan">Its plan.</param>
/// <param name="Body">What was written of its body.</param>
/// <param name="Life">The client's life, from one.</param>
/// <param name="WasReady">True where the client had been seen ready in this life.</param>
/// <param name="HadSession">True where there had been a session in this life.</param>
/// <param name="After">How long after the beginning of the client's last attempt.</param>
internal sealed record Refusal(AttemptPlan Plan, string Body, int Life, bool WasReady, bool HadSession, TimeSpan After)
{
    private bool _isSeen;

    /// <summary>True where it was written so late that the client may have ended its attempt: on a busy machine the peer takes requests late.</summary>
    public bool IsLate { get; init; }

    /// <summary>True where the client reports that it has seen it.</summary>
    public bool IsSeen { get => Volatile.Read(ref _isSeen); set => Volatile.Write(ref _isSeen, value); }
}
