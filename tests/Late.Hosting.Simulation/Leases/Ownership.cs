namespace Late.Hosting.Simulation.Leases;

/// <summary>Holds promise P21 against what one host does.</summary>
internal sealed class Ownership(LeaseWorld world, OwnerHost host)
{
    // What a conversion from one clock to another may round.
    private static readonly TimeSpan s_rounding = TimeSpan.FromTicks(10);

    private readonly Dictionary<long, (long Timestamp, DateTimeOffset Wall)> _granted = [];
    private long _lifeToken;

    /// <summary>The token of the last grant; 0 before the first.</summary>
    private long Newest => _granted.Count == 0 ? 0 : _granted.Keys.Max();

    /// <summary>A request is made: when, by this host's clocks.</summary>
    public (long Timestamp, DateTimeOffset Wall) Now => (host.Time.GetTimestamp(), host.Time.GetUtcNow());

    /// <summary>The store has acquired or renewed the lease, and the host has the answer.</summary>
    /// <param name="token">The token.</param>
    /// <param name="began">When the request began, by this host's clocks.</param>
    public void OnGranted(long token, (long Timestamp, DateTimeOffset Wall) began)
    {
        if (!_granted.TryGetValue(token, out var last) || last.Timestamp < began.Timestamp)
        {
            _granted[token] = began;
        }
    }

    public void OnLife() => _lifeToken = Newest;

    /// <summary>A write begins: the lease was renewed in time, by both clocks of this host.</summary>
    public void OnWriting(long token, string what)
    {
        var (monotonic, wall) = (host.Time.GetElapsedTime(_granted[token].Timestamp), host.Time.GetUtcNow() - _granted[token].Wall);
        world.Verdict.Require(token == Newest, "P21", $"{host.Name}: {what} is written in the term of token {token}, and {Newest} was granted since");
        world.Verdict.Require(
            monotonic < world.Plan.WriteLimit + s_rounding && wall < world.Plan.WriteLimit + s_rounding,
            "P21",
            $"{host.Name}: {what} is written {monotonic} by the monotonic clock and {wall} by the time of day after the beginning of the last renewal");
    }

    /// <summary>It releases its lease: nothing of the life runs any more, unless that was no longer waited for.</summary>
    public void OnReleasing(long token)
    {
        world.Trace.Write($"{host.Name}: releases token {token}");
        if (token == _lifeToken && !host.HasAbandoned)
        {
            world.Verdict.Require(host.RunningCallback is null, "P21", $"{host.Name}: the lease is released, and {host.RunningCallback} runs");
            world.Verdict.Require(!host.IsAlive, "P21", $"{host.Name}: the lease is released before HandleTerminate has run");
        }
    }
}
