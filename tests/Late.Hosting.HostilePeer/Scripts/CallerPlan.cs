namespace Late.Hosting.HostilePeer.Scripts;

/// <summary>What the application does meanwhile.</summary>
internal sealed record CallerPlan
{
    public int Callers { get; init; }

    public bool Calls { get; init; } = true;

    public bool Posts { get; init; } = true;

    public bool Sends { get; init; } = true;

    public bool Pings { get; init; }

    public bool Reconnects { get; init; }

    public override string ToString() =>
        $"{Callers} ({(Calls ? " calls" : "")}{(Posts ? " posts" : "")}{(Sends ? " sends" : "")}{(Pings ? " pings" : "")}{(Reconnects ? " reconnects" : "")} )";
}
