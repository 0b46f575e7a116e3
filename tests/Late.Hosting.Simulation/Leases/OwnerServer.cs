namespace Late.Hosting.Simulation.Leases;

/// <summary>The server that all hosts connect to: what it receives shows whether there was a second owner (promise P21).</summary>
internal sealed class OwnerServer(LeaseWorld world)
{
    private readonly List<OwnerSession> _sessions = [];
    private long _token;

    /// <summary>How many sessions there were.</summary>
    public int Sessions => _sessions.Count;

    /// <summary>An upgrade request has come.</summary>
    /// <returns>Null where it is refused.</returns>
    public OwnerSession? Accept(OwnerHost host, long token)
    {
        if (host.Process.IsKilled)
        {
            return null;
        }

        RequireOwner(host, token, "an upgrade request");
        world.Verdict.Require(token >= _token || world.Plan.StoreLies, "P21", $"{host.Name} connects with token {token} after {_token}");
        _token = Math.Max(_token, token);
        if (world.Dice.Chance(5))
        {
            return null;
        }

        var session = new OwnerSession(world, host, _sessions.Count + 1, token);
        _sessions.Add(session);
        world.Trace.Write($"server: session {session.Number} of {host.Name}, token {token}");
        return session;
    }

    /// <summary>What comes from a host comes while the store has it as the owner: no other one can have the lease.</summary>
    public void RequireOwner(OwnerHost host, long token, string what) => world.Verdict.Require(
        world.Plan.StoreLies || world.Store.IsHeldBy(host, token),
        "P21",
        $"{what} of {host.Name} with token {token} came, and {world.Store.Holder?.Name} has the lease with token {world.Store.Token} until {world.Store.Until}");

    /// <summary>Lets the handler of a host fault its connection immediately, where it has a session.</summary>
    public void Fault(OwnerHost host) => _sessions.FindLast(session => session.Host == host)?.Fault();

    /// <summary>A host's process was killed: its sockets are closed.</summary>
    public void OnKilled(OwnerHost host) => _sessions.FindAll(session => session.Host == host).ForEach(static session => session.Wire.Drop());
}
