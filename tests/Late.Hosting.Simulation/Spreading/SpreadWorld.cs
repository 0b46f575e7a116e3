using System.Globalization;
using Late.Hosting.Configuration;
using Late.Hosting.Leases;
using Late.Hosting.Leases.Spreading;
using Late.Hosting.Simulation.Checks;
using Late.Hosting.Simulation.Running;
using Late.Hosting.Simulation.Worlds;

namespace Late.Hosting.Simulation.Spreading;

/// <summary>
/// Hosts with a supervisor whose keys they share, and the store of its leases. Hosts are frozen, killed, restarted and cut off. Whatever happens, no key has two
/// owners and none is free for long; when the troubles are over, each host gets its share, and then nothing moves any more.
/// </summary>
internal sealed class SpreadWorld
{
    public const string Lease = "devices";

    private const int MostSteps = 3_000_000;

    // Keys that came back rest, and the pauses behind them have grown.
    private static readonly TimeSpan s_longestSpreading = TimeSpan.FromHours(2);

    private readonly ulong _seed;
    private readonly List<KeyHost> _hosts = [];
    private readonly Dictionary<string, TimeSpan> _freeSince = [];
    private readonly HashSet<string> _writers = [];
    private readonly HashSet<string> _asked = [];
    private TimeSpan? _aloneSince;
    private int _names;
    private int _isBalancedFor;
    private bool _isStopping;
    private long _handOvers;
    private TimeSpan _balancedSince = TimeSpan.MaxValue;

    public SpreadWorld(ulong seed)
    {
        _seed = seed;
        Dice = new Dice(seed ^ 0x537072656164);
        Plan = SpreadPlan.Draw(Dice);
        Time = new SimulatedTime(Dice) { ShufflesTies = true };
        Trace = new WorldTrace(Time);
        Verdict = new Verdict(Trace);
        Store = new KeyStore(this);
        Keys = [.. Enumerable.Range(1, Plan.Keys).Select(static number => number.ToString(CultureInfo.InvariantCulture))];
        Settings = new(() => new LateLeaseOptions { Ttl = Plan.Ttl, Margin = Plan.Margin, AcquireInterval = Plan.AcquireInterval }, [], static (_, _) => { });
    }

    public Dice Dice { get; }

    public SpreadPlan Plan { get; }

    public SimulatedTime Time { get; }

    public WorldTrace Trace { get; }

    public Verdict Verdict { get; }

    public KeyStore Store { get; }

    public List<string> Keys { get; }

    public CurrentOptions<LateLeaseOptions> Settings { get; }

    public bool HasTrouble { get; private set; } = true;

    // A request that is not answered, and both ways.
    private TimeSpan LongestRequest => ((Plan.Ttl - Plan.Margin) / 3) + (Plan.StoreLatency * 4) + TimeSpan.FromMilliseconds(20);

    // How long a host is still counted that was killed, or whose seat could not be released: until its seat ends, the next look, and that one's requests.
    private TimeSpan LongestCounted => (Plan.Ttl - Plan.Margin) + (LongestRequest * 2);

    public static string LeaseOf(string key) => $"{Lease}/{key}";

    public bool IsFaulty(string key) => HasTrouble && Keys.IndexOf(key) < Plan.FaultyKeys;

    public void OnOwned(KeyHost host, KeyConnection connection) => Trace.Write($"{host.Name}: has {connection.Key}; {host.Owned} keys");

    public void OnEnding(KeyHost host, KeyConnection connection, string reason)
    {
        Trace.Write($"{host.Name}: ends {connection.Key}. {reason}");
        _handOvers += reason.Contains("handed over", StringComparison.Ordinal) ? 1 : 0;

        // A key may still move where the keys cannot be divided: what never ends is noticed at the limit.
        _isBalancedFor = 0;
    }

    public async Task<Report> RunAsync()
    {
        Trace.Write($"{Plan}");
        for (var i = 0; i < Plan.Hosts; i++)
        {
            Time.After(Dice.Chance(50) ? TimeSpan.Zero : Dice.Time(1, 60_000), AddHost);
        }

        TroubleLater();
        Time.After(Plan.Lasts + TimeSpan.FromMinutes(1.5), End);
        var steps = 0;
        while (!IsDone() && Time.TryRunNext())
        {
            await OneThread.QuietAsync();
            CheckNow();
            if (++steps == MostSteps || Verdict.Broken.Count > 0)
            {
                Verdict.Require(steps < MostSteps, "P9", $"the world does not end");
                return new Report(_seed, Verdict.Broken, Trace);
            }
        }

        Trace.Write($"{_handOvers} hand-overs, {Store.Requests} requests");
        await StopAsync();
        return new Report(_seed, Verdict.Broken, Trace);
    }

    /// <summary>True when the hosts have had their shares for some time.</summary>
    private bool IsDone() => !HasTrouble && Time.Elapsed - _balancedSince > Plan.Ttl * 6;

    private void AddHost()
    {
        if (HasTrouble)
        {
            var host = new KeyHost(this, $"host {++_names}");
            Trace.Write($"{host.Name}: starts with {host.Connections.Count} keys");
            _hosts.Add(host);
            host.Start();
        }
    }

    private void TroubleLater() => Time.After(Plan.Quiet * (0.2 + (1.6 * Dice.Fraction())), () =>
    {
        if (HasTrouble)
        {
            if (_hosts.FindAll(static host => !host.IsOver && !host.IsStopping) is { Count: > 0 } hosts)
            {
                Trouble(hosts[Dice.Below(hosts.Count)]);
            }

            TroubleLater();
        }
    });

    private void Trouble(KeyHost host)
    {
        var time = Plan.Ttl * (0.02 + (Dice.Pick(0.3, 1, 2.5) * Dice.Fraction()));
        switch (Dice.Below(4))
        {
            case 0 when !host.Process.IsFrozen:
                host.Process.Freeze();
                Time.After(time, host.Process.Thaw);
                break;
            case 1:
                Trace.Write($"{host.Name}: cut off from the store");
                host.Line.IsCut = true;
                Time.After(time, () => host.Line.IsCut = false);
                break;
            case 2:
                host.Process.Kill();
                Time.After(time, AddHost);
                break;
            case 3 when !host.Process.IsFrozen:
                host.Stop();
                Time.After(time, AddHost);
                break;
        }
    }

    private void End()
    {
        Trace.Write($"the troubles end");
        if (_hosts.TrueForAll(static host => host.IsOver || host.IsStopping))
        {
            AddHost();
        }

        HasTrouble = false;
        foreach (var host in _hosts)
        {
            host.Line.IsCut = false;
            host.Process.Thaw();
        }

        // Where the last hosts have no keys, nothing happens until then.
        Time.After(s_longestSpreading, () => Verdict.Require(_isStopping || IsDone(), "P21", $"the keys are not spread, or do not stay where they are"));
    }

    private void CheckNow()
    {
        _writers.Clear();
        _asked.Clear();
        foreach (var host in _hosts)
        {
            if (host.IsOver)
            {
                continue;
            }

            var isAble = !host.Process.IsFrozen && !host.IsStopping && !host.Line.IsCut;
            foreach (var connection in host.Connections)
            {
                Verdict.Require(!connection.Writes || _writers.Add(connection.Key), "P21", $"{connection.Key} has two owners");
                if (isAble && connection.IsAsking)
                {
                    _asked.Add(connection.Key);
                }
            }
        }

        // What a host could not release of its own seats counts as another host.
        var losesSeats = HasTrouble && (Plan.StoreTroublePercent > 0 || _hosts.Exists(static host => host.Line.IsCut));
        _aloneSince = !losesSeats && _hosts.Count(static host => !host.IsOver) == 1 ? _aloneSince ?? Time.Elapsed : null;
        Keys.ForEach(CheckFree);
        _isBalancedFor = !HasTrouble && IsBalanced() ? _isBalancedFor + 1 : 0;
        _balancedSince = _isBalancedFor == 0 ? TimeSpan.MaxValue : _isBalancedFor == 1 ? Time.Elapsed : _balancedSince;
    }

    /// <summary>While a host asks that nothing troubles, a key is not free for long.</summary>
    private void CheckFree(string key)
    {
        if (!_asked.Contains(key) || Store.UntilOf(LeaseOf(key)) > Time.Elapsed || (HasTrouble && Plan.StoreTroublePercent > 0))
        {
            _freeSince.Remove(key);
            return;
        }

        if (!_freeSince.TryGetValue(key, out var since))
        {
            _freeSince[key] = since = Time.Elapsed;
        }

        // A host that has its share leaves out three requests of four, also where it has more; one that is alone, and counts no other, leaves out none.
        RequireOwned(key, since, KeySpread.Skips + 1);
        if (_aloneSince + LongestCounted is { } alone)
        {
            RequireOwned(key, alone > since ? alone : since, 1);
        }
    }

    private void RequireOwned(string key, TimeSpan since, int intervals)
    {
        var free = Time.Elapsed - since;
        Verdict.Require(free <= (Plan.AcquireInterval * intervals) + LongestRequest, "P21", $"{key} was free for {free}, and a host asks for it");
    }

    private bool IsBalanced()
    {
        var hosts = _hosts.FindAll(static host => !host.IsOver && !host.IsStopping);
        return hosts.TrueForAll(host => host.Connections.TrueForAll(connection => _writers.Contains(connection.Key)))
            && (Plan.MissingPercent > 0 || hosts.Max(static host => host.Owned) - hosts.Min(static host => host.Owned) <= 1);
    }

    private async Task StopAsync()
    {
        _isStopping = true;
        foreach (var host in _hosts)
        {
            if (!host.IsOver && !host.IsStopping)
            {
                host.Stop();
            }
        }

        var over = Time.Elapsed + TimeSpan.FromSeconds(20);
        while (Time.Elapsed < over && Time.TryRunNext())
        {
            await OneThread.QuietAsync();
        }

        Verdict.Require(_hosts.TrueForAll(static host => host.IsOver), "P9", $"a host does not stop");
        Verdict.Require(_hosts.Exists(static host => host.Process.IsKilled) || Time.ArmedTimers == 0, "P5", $"{Time.ArmedTimers} timers are still to fire");
    }
}
