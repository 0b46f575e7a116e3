using Late.Hosting.Leases.Keeping;

namespace Late.Hosting.Leases.Spreading;

/// <summary>One key of a supervisor, as its spread over the hosts sees it. The lock of the spread guards it.</summary>
internal sealed class SpreadKey
{
    /// <summary>The term in which this host has it; null where it has not.</summary>
    public LeaseTerm? Term { get; set; }

    /// <summary>Since when.</summary>
    public long Since { get; set; }

    /// <summary>How often its next request is left out while this host has its share of keys.</summary>
    public int Skips { get; set; }

    /// <summary>When this host has handed it over the last time, and how many hosts had joined by then; null for never.</summary>
    public (int Joins, long At)? HandedOver { get; set; }
}
