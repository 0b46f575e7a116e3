using Late.Hosting.Leases;

namespace Late.Hosting.Simulation.Spreading;

/// <summary>A store as it should be, of many leases.</summary>
internal sealed class KeyStore(SpreadWorld world)
{
    private readonly Dictionary<string, (string Owner, long Token, TimeSpan Until)> _leases = [];

    /// <summary>How many requests it has carried out.</summary>
    public long Requests { get; private set; }

    /// <summary>When a lease ends, or has ended, by the world's clock; zero where there never was one.</summary>
    public TimeSpan UntilOf(string name) => _leases.TryGetValue(name, out var lease) ? lease.Until : default;

    public LateLeaseAnswer TryAcquire(string name, string owner, TimeSpan ttl)
    {
        Requests++;
        var now = world.Time.Elapsed;
        var isHeld = _leases.TryGetValue(name, out var lease) && lease.Until > now;
        if (isHeld && lease.Owner != owner)
        {
            return LateLeaseAnswer.Refused(lease.Until - now);
        }

        var token = isHeld ? lease.Token : lease.Token + 1;
        _leases[name] = (owner, token, now + ttl);
        return LateLeaseAnswer.Granted(token);
    }

    public bool TryRenew(string name, long token, TimeSpan ttl)
    {
        Requests++;
        var now = world.Time.Elapsed;
        if (!_leases.TryGetValue(name, out var lease) || lease.Token != token || lease.Until <= now)
        {
            return false;
        }

        _leases[name] = lease with { Until = now + ttl };
        return true;
    }

    public void Release(string name, long token)
    {
        Requests++;
        if (_leases.TryGetValue(name, out var lease) && lease.Token == token && lease.Until > world.Time.Elapsed)
        {
            _leases[name] = lease with { Until = world.Time.Elapsed };
        }
    }
}
