using Late.Hosting.Simulation.Checks;
using Late.Hosting.Simulation.Running;
using Late.Hosting.Simulation.Worlds;

namespace Late.Hosting.Simulation.Leases;

/// <summary>
/// Hosts with one lease, the store that keeps it, and the server that they connect to (promise P21). Hosts are frozen, killed, restarted and cut off, their
/// time of day is set, and the store is away, slow, or loses its data; everything comes from the seed.
/// </summary>
internal sealed class LeaseWorld
{
    private const int MostSteps = 200_000;

    private readonly ulong _seed;
    private readonly List<OwnerHost> _hosts = [];
    private int _names;
    private int _killed;
    private bool _isEnding;
    private TimeSpan _freeSince;

    public LeaseWorld(ulong seed)
    {
        _seed = seed;
        Dice = new Dice(seed ^ 0x4C6561736573);
        Plan = LeasePlan.Draw(Dice);
        Time = new SimulatedTime(Dice) { ShufflesTies = true };
        Trace = new WorldTrace(Time);
        Verdict = new Verdict(Trace);
        (Store, Server, Moments) = (new LeaseStore(this), new OwnerServer(this), new LeaseMoments(this));
    }

    public Dice Dice { get; }

    public LeasePlan Plan { get; }

    public SimulatedTime Time { get; }

    public WorldTrace Trace { get; }

    public Verdict Verdict { get; }

    public LeaseStore Store { get; }

    public OwnerServer Server { get; }

    public LeaseMoments Moments { get; }

    // A request that is not answered, the time to the next, and both ways of one; behind a life, a release that is not answered and a slow HandleTerminate.
    private TimeSpan LongestTakeover =>
        ((Plan.Ttl - Plan.Margin) / 3) + (Plan.AcquireInterval * 1.2) + (Plan.StoreLatency * 4) + TimeSpan.FromMilliseconds(20)
        + TimeSpan.FromSeconds(Plan.StoreTroublePercent + Plan.SlowPercent > 0 ? 5 : 0);

    /// <summary>How long a write pauses between the check and the network.</summary>
    public TimeSpan DrawPause() => Dice.Chance(Plan.PausePercent) ? Plan.MostPause * Dice.Fraction() : TimeSpan.Zero;

    public async Task<Report> RunAsync()
    {
        Trace.Write($"{Plan}");
        for (var i = 0; i < Plan.Hosts; i++)
        {
            Time.After(Dice.Chance(50) ? TimeSpan.Zero : Dice.Time(1, 5000), AddHost);
        }

        TroubleLater();
        Time.After(Plan.Lasts, End);
        var steps = 0;
        while (!(_isEnding && _hosts.TrueForAll(static host => host.IsOver)) && Time.TryRunNext())
        {
            await OneThread.QuietAsync();
            CheckNow();
            if (++steps == MostSteps)
            {
                Verdict.Fail("P9", "the world does not end");
                return new Report(_seed, Verdict.Broken, Trace);
            }
        }

        await OneThread.QuietAsync();
        await EndRequestsAsync();
        Verdict.Require(_hosts.TrueForAll(static host => host.IsOver), "P9", $"a host does not stop");
        var isLeft = _killed > 0 || _hosts.Exists(static host => host.HasAbandoned);
        Verdict.Require(isLeft || Time.ArmedTimers == 0, "P5", $"{Time.ArmedTimers} timers are still to fire");
        Verdict.Require(Server.Sessions > 0 || Plan.StoreTroublePercent > 0 || Plan.Lasts < Plan.Ttl * 4, "P21", $"no host has connected");
        var report = new Report(_seed, [.. Verdict.Broken], Trace);
        _hosts.ForEach(static host => host.Dispose());
        await OneThread.QuietAsync();
        return report;
    }

    // What was granted too late is released without that a stop waits for it, within 5 s of a host's clock.
    private async Task EndRequestsAsync()
    {
        var over = Time.Elapsed + TimeSpan.FromSeconds(6);
        while (Time.ArmedTimers > 0 && Time.Elapsed < over && Time.TryRunNext())
        {
            await OneThread.QuietAsync();
        }
    }

    private void AddHost()
    {
        if (!_isEnding)
        {
            var host = new OwnerHost(this, $"host {++_names}");
            Trace.Write($"{host.Name}: starts");
            _hosts.Add(host);
            host.Start();
        }
    }

    private void TroubleLater() => Time.After(Plan.Quiet * (0.2 + (1.6 * Dice.Fraction())), () =>
    {
        if (!_isEnding)
        {
            if (_hosts.FindAll(static host => !host.IsOver) is { Count: > 0 } hosts)
            {
                Trouble(hosts[Dice.Below(hosts.Count)]);
            }

            TroubleLater();
        }
    });

    private void Trouble(OwnerHost host)
    {
        var time = Plan.Ttl * (0.02 + (Dice.Pick(0.3, 1, 2.5) * Dice.Fraction()));
        switch (Dice.Weighted(30, 20, 12, 10, 10, 10, 8, Plan.StoreLies ? 10 : 0))
        {
            case 0 when !host.Process.IsFrozen:
                host.Process.Freeze();
                Time.After(time, host.Process.Thaw);
                break;
            case 1:
                CutOff(host, time);
                break;
            case 2:
                Trace.Write($"the store is away");
                Store.IsAway = true;
                Time.After(time, ReturnStore);
                break;
            case 3:
                host.Kill();
                _killed++;
                Time.After(time, AddHost);
                break;
            case 4:
                Restart(host);
                break;
            case 5:
                var change = time * Dice.Pick(1, -1, 0.1);
                Trace.Write($"{host.Name}: the time of day is set by {change}");
                host.Time.SetWall(change);
                break;
            case 6 when !host.Process.IsFrozen:
                _ = ReconnectAsync(host);
                break;
            case 7:
                Trace.Write($"the store loses its data");
                Store.LoseData();
                break;
        }
    }

    /// <summary>Nothing of the host gets through to the store.</summary>
    public void CutOff(OwnerHost host, TimeSpan time)
    {
        Trace.Write($"{host.Name}: cut off from the store");
        host.Store.IsCut = true;
        Time.After(time, () =>
        {
            Trace.Write($"{host.Name}: has the store again");
            host.Store.IsCut = false;
            host.Store.Disturb();
        });
    }

    /// <summary>The host stops, unless it is frozen or stops already, and another starts in its place.</summary>
    public void Restart(OwnerHost host)
    {
        if (!host.Process.IsFrozen && !host.IsOver && !host.IsStopping && !_isEnding)
        {
            host.Stop();
            Time.After(Plan.Ttl * Dice.Fraction(), AddHost);
        }
    }

    private void ReturnStore()
    {
        Trace.Write($"the store is back");
        Store.IsAway = false;
        _hosts.ForEach(static host => host.Store.Disturb());
    }

    private static async Task ReconnectAsync(OwnerHost host)
    {
        try
        {
            await host.Client.ReconnectAsync("Wanted.");
        }
        catch (LateException)
        {
            // It stops, or has ended.
        }
    }

    /// <summary>The troubles end, and all hosts stop.</summary>
    private void End()
    {
        _isEnding = true;
        ReturnStore();
        foreach (var host in _hosts)
        {
            host.Store.IsCut = false;
            host.Process.Thaw();
            Time.After(TimeSpan.FromMilliseconds(1), host.Stop);
        }
    }

    /// <summary>With nothing else to do: where a host could take the lease, it is not free for long.</summary>
    private void CheckNow()
    {
        _hosts.ForEach(static host => host.CheckNow());
        _freeSince = Store.IsHeld ? Time.Elapsed : _freeSince < Store.Until ? Store.Until : _freeSince;
        foreach (var host in _hosts)
        {
            if (host.AbleSince is { } able && Max(able, host.Store.WorksSince, _freeSince) is var since)
            {
                var waited = (Time.Elapsed - since) * host.Rate;
                Verdict.Require(waited <= LongestTakeover, "P21", $"{host.Name} could have the lease for {waited}, and has not taken it");
            }
        }
    }

    private static TimeSpan Max(TimeSpan one, TimeSpan two, TimeSpan three) => new(Math.Max(one.Ticks, Math.Max(two.Ticks, three.Ticks)));
}
