using Late.Hosting.Configuration;

namespace Late.Hosting.Leases.Configuration;

/// <summary>The options of leases, and where they are.</summary>
internal static class LeaseOptionTable
{
    public static OptionTable<LateLeaseOptions> Options { get; } = new()
    {
        { nameof(LateLeaseOptions.Ttl), ValueKinds.Timeout, static o => o.Ttl, static (o, v) => o.Ttl = v, TakesEffect.WithNextUse },
        { nameof(LateLeaseOptions.Margin), ValueKinds.Timeout, static o => o.Margin, static (o, v) => o.Margin = v, TakesEffect.WithNextUse },
        { nameof(LateLeaseOptions.AcquireInterval), ValueKinds.Delay, static o => o.AcquireInterval, static (o, v) => o.AcquireInterval = v, TakesEffect.WithNextUse },
        { nameof(LateLeaseOptions.SpreadKeys), ValueKinds.Flag, static o => o.SpreadKeys, static (o, v) => o.SpreadKeys = v, TakesEffect.WithNextUse },
    };

    public static OptionSection<LateLeaseOptions> Section { get; } = new("Late:Leases", "Lease", Options, static options => options.ConfigurationProblems);
}
