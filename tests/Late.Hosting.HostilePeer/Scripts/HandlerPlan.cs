namespace Late.Hosting.HostilePeer.Scripts;

/// <summary>How the handler behaves.</summary>
internal sealed record HandlerPlan
{
    public Pace Pace { get; init; }

    /// <summary>When the first session releases calls; all others do immediately.</summary>
    public LoginKind Login { get; init; }

    /// <summary>True where <c>HandleDisconnect</c> and <c>HandleTerminate</c> do not end by themselves.</summary>
    public bool IsSlowAtTheEnd { get; init; }

    public override string ToString() => $"{Pace}{(Login == LoginKind.None ? "" : $", login {Login}")}{(IsSlowAtTheEnd ? ", slow at the end" : "")}";
}
