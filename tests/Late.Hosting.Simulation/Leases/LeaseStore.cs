using Late.Hosting.Leases;

namespace Late.Hosting.Simulation.Leases;

/// <summary>The store as it should be: one lease, which ends by its own clock.</summary>
internal sealed class LeaseStore(LeaseWorld world)
{
    private string _owner = "";
    private long _tokens;

    /// <summary>The host that holds the lease, or held it last; null before the first.</summary>
    public OwnerHost? Holder { get; private set; }

    /// <summary>The token of that.</summary>
    public long Token { get; private set; }

    /// <summary>When it ends, or ended, by the world's clock.</summary>
    public TimeSpan Until { get; private set; }

    /// <summary>It answers no request.</summary>
    public bool IsAway { get; set; }

    /// <summary>True while a host holds it.</summary>
    public bool IsHeld => Until > world.Time.Elapsed;

    public bool IsHeldBy(OwnerHost host, long token) => IsHeld && Holder == host && Token == token;

    public LateLeaseAnswer TryAcquire(OwnerHost host, string owner, TimeSpan ttl)
    {
        if (IsHeld)
        {
            Until = _owner == owner ? world.Time.Elapsed + ttl : Until;
            return _owner == owner ? LateLeaseAnswer.Granted(Token) : LateLeaseAnswer.Refused(Until - world.Time.Elapsed);
        }

        (Holder, _owner, Token, Until) = (host, owner, ++_tokens, world.Time.Elapsed + ttl);
        world.Trace.Write($"store: {host.Name} has the lease, token {Token}");
        return LateLeaseAnswer.Granted(Token);
    }

    public bool TryRenew(long token, TimeSpan ttl)
    {
        if (!IsHeld || Token != token)
        {
            return false;
        }

        Until = world.Time.Elapsed + ttl;
        return true;
    }

    public void Release(OwnerHost host, long token)
    {
        if (IsHeld && Token == token)
        {
            LoseData();
            world.Trace.Write($"store: {host.Name} has released token {token}");
        }
    }

    /// <summary>It loses what it has granted: no host has the lease.</summary>
    public void LoseData() => Until = world.Time.Elapsed;
}
