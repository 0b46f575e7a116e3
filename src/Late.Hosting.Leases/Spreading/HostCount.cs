namespace Late.Hosting.Leases.Spreading;

/// <summary>
/// How many hosts there are, as several looks have seen it. One that joins counts when it was seen in each of them: a seat is refused too in the moment in
/// which another host looks whether it is free. One that has left counts no more immediately.
/// </summary>
internal sealed class HostCount
{
    private const int Looks = 3;

    private readonly SeatLook[] _last = [.. Enumerable.Repeat(new SeatLook(1, 0), Looks)];
    private int _next;

    /// <summary>False where the store could not be asked the last time.</summary>
    public bool IsKnown { get; private set; }

    /// <summary>How many there are.</summary>
    public int Hosts { get; private set; } = 1;

    /// <summary>How often there were more than before.</summary>
    public int Joins { get; private set; }

    /// <summary>The hosts have looked.</summary>
    /// <returns>True where their number has changed.</returns>
    public bool Note(SeatLook look)
    {
        _last[_next++ % Looks] = look;
        IsKnown = true;
        var (before, hosts) = (Hosts, _last.Min(static last => last.Hosts));
        Joins += hosts > before ? 1 : 0;
        Hosts = hosts;
        return hosts != before;
    }

    /// <summary>The store could not be asked.</summary>
    public void Fail() => IsKnown = false;

    /// <summary>How many of a number of keys this host has. The first hosts have one more, where the keys cannot be divided: all shares make up all keys.</summary>
    public int ShareOf(int keys) => (keys / Hosts) + (_last.Min(static last => last.Rank) < keys % Hosts ? 1 : 0);
}
