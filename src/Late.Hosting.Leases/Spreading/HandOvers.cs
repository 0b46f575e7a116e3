namespace Late.Hosting.Leases.Spreading;

/// <summary>
/// Chooses the keys that a host hands over where it has more than its share: one at first, and twice as many each time that other hosts have taken all.
/// A key that no other host takes comes back. The lock of the spread guards it.
/// </summary>
internal sealed class HandOvers(TimeProvider time)
{
    private const int MostAtOneTime = 1024;
    private static readonly TimeSpan s_rest = TimeSpan.FromMinutes(10);
    private static readonly TimeSpan s_longestPause = TimeSpan.FromHours(1);

    private readonly HashSet<SpreadKey> _open = [];
    private int _most = 1;
    private int _joins;
    private long _since;
    private TimeSpan _pause;
    private bool _hasComeBack;

    /// <summary>Chooses the next keys; none while it is not known of the last ones whether other hosts have taken them.</summary>
    /// <param name="owned">The keys that this host has.</param>
    /// <param name="hosts">The hosts.</param>
    /// <param name="share">How many keys it should have.</param>
    /// <param name="ttl">How long a key is with this host before it counts: one whose connection fails again and again moves no other.</param>
    public IReadOnlyCollection<SpreadKey> Next(IEnumerable<SpreadKey> owned, HostCount hosts, int share, TimeSpan ttl)
    {
        if (_joins != hosts.Joins)
        {
            (_joins, _most, _pause) = (hosts.Joins, 1, TimeSpan.Zero);
        }

        // After so long, what is left of the last ones was stopped.
        if (time.GetElapsedTime(_since) < (_open.Count > 0 ? ttl * 2 : _pause))
        {
            return [];
        }

        _open.Clear();
        var settled = owned.Where(key => time.GetElapsedTime(key.Since) >= ttl).ToList();

        // Those that came last; and none again soon, unless a host has joined: hosts that do not have the same keys would send them back and forth.
        var chosen = settled.Where(HasRested).OrderByDescending(static key => key.Since).Take(Math.Min(_most, settled.Count - share));
        foreach (var key in chosen)
        {
            (key.HandedOver, key.Skips) = ((_joins, time.GetTimestamp()), KeySpread.Skips);
            _open.Add(key);
        }

        _since = _open.Count > 0 ? time.GetTimestamp() : _since;
        return _open;
    }

    /// <summary>A request for a key was answered.</summary>
    /// <param name="key">The key.</param>
    /// <param name="isBack">True where no other host has taken it.</param>
    /// <param name="ttl">How long nothing is handed over when it is the first that has come back; after the next, twice as long.</param>
    public void Answered(SpreadKey key, bool isBack, TimeSpan ttl)
    {
        if (!_open.Remove(key))
        {
            return;
        }

        _hasComeBack |= isBack;
        if (_open.Count > 0)
        {
            return;
        }

        var pause = _pause == TimeSpan.Zero ? ttl : _pause * 2;
        (_most, _pause) = _hasComeBack ? (1, pause < s_longestPause ? pause : s_longestPause) : (Math.Min(_most * 2, MostAtOneTime), TimeSpan.Zero);
        (_hasComeBack, _since) = (false, time.GetTimestamp());
    }

    private bool HasRested(SpreadKey key) => key.HandedOver is not { } last || last.Joins != _joins || time.GetElapsedTime(last.At) >= s_rest;
}
