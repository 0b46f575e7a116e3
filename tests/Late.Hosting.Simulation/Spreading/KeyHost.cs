using System.Diagnostics.Metrics;
using Late.Hosting.Leases.Keeping;
using Late.Hosting.Leases.Spreading;
using Late.Hosting.Simulation.Leases;
using Microsoft.Extensions.Logging.Abstractions;

namespace Late.Hosting.Simulation.Spreading;

/// <summary>One of the hosts: it has connections for the keys, and may be frozen, killed, and cut off from the store.</summary>
internal sealed class KeyHost
{
    private static readonly LeaseMetrics s_metrics = new(new Meter("Late.Hosting.Simulation").CreateCounter<long>("requests"));

    private readonly SpreadWorld _world;
    private readonly List<Action> _held = [];

    public KeyHost(SpreadWorld world, string name)
    {
        (_world, Name) = (world, name);
        Time = new HostTime(world.Time, 1, Deliver);
        Line = new KeyLine(world, this);
        Spread = new KeySpread(new SpreadParts("Devices", SpreadWorld.Lease, world.Settings, Time)
        {
            Store = Line,
            Metrics = s_metrics,
            Log = new LeaseLog(NullLogger.Instance),
            Randomizer = world.Dice.Fraction,
        });
        foreach (var key in world.Keys)
        {
            if (!world.Dice.Chance(world.Plan.MissingPercent))
            {
                Connections.Add(new KeyConnection(world, this, key));
            }
        }
    }

    public string Name { get; }

    public HostTime Time { get; }

    public KeyLine Line { get; }

    public KeySpread Spread { get; }

    public List<KeyConnection> Connections { get; } = [];

    public bool IsFrozen { get; private set; }

    public bool IsKilled { get; private set; }

    public bool IsStopping { get; private set; }

    /// <summary>Nothing of it runs any more.</summary>
    public bool IsOver => IsKilled || (IsStopping && Connections.TrueForAll(static connection => connection.IsOver));

    /// <summary>How many keys it has.</summary>
    public int Owned => Connections.Count(static connection => connection.Owns);

    public void Start()
    {
        foreach (var connection in Connections)
        {
            _ = connection.RunAsync();
        }
    }

    /// <summary>Brings something to the host: now, or when it is no longer frozen.</summary>
    public void Deliver(Action action)
    {
        if (IsFrozen)
        {
            _held.Add(action);
        }
        else if (!IsKilled)
        {
            action();
        }
    }

    public void Freeze()
    {
        _world.Trace.Write($"{Name}: frozen");
        IsFrozen = true;
    }

    /// <summary>It continues, and what has come meanwhile comes in any order.</summary>
    public void Thaw()
    {
        if (!IsFrozen || IsKilled)
        {
            return;
        }

        _world.Trace.Write($"{Name}: continues");
        IsFrozen = false;
        while (_held.Count > 0)
        {
            var index = _world.Dice.Below(_held.Count);
            var action = _held[index];
            _held.RemoveAt(index);
            _world.Time.After(TimeSpan.Zero, () => Deliver(action));
        }
    }

    public void Kill()
    {
        _world.Trace.Write($"{Name}: killed");
        (IsKilled, IsFrozen) = (true, false);
        _held.Clear();
    }

    public void Stop()
    {
        _world.Trace.Write($"{Name}: stops");
        IsStopping = true;
        Spread.Dispose();
        Connections.ForEach(static connection => connection.Stop());
    }
}
