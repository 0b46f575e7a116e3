using System.Diagnostics.Metrics;
using Late.Hosting.Leases.Keeping;
using Late.Hosting.Leases.Spreading;
using Late.Hosting.Simulation.Leases;
using Microsoft.Extensions.Logging.Abstractions;

namespace Late.Hosting.Simulation.Spreading;

/// <summary>One of the hosts: it has connections for the keys, and may be frozen, killed, and cut off from the store.</summary>
internal sealed class KeyHost
{
    private readonly SpreadWorld _world;

    public KeyHost(SpreadWorld world, string name)
    {
        (_world, Name) = (world, name);
        Process = new HostProcess(name, world.Time, world.Dice, world.Trace);
        Time = new HostTime(world.Time, 1, Process.Deliver);
        Line = new KeyLine(world, this);
        Spread = new KeySpread(new SpreadParts("Devices", SpreadWorld.Lease, world.Settings, Time)
        {
            Store = Line,
            Metrics = Metrics,
            Log = Log,
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

    /// <summary>Of all hosts.</summary>
    public static LeaseMetrics Metrics { get; } = new(new Meter("Late.Hosting.Simulation").CreateCounter<long>("requests"));

    /// <summary>Of all hosts.</summary>
    public static LeaseLog Log { get; } = new(NullLogger.Instance);

    public string Name { get; }

    public HostProcess Process { get; }

    public HostTime Time { get; }

    public KeyLine Line { get; }

    public KeySpread Spread { get; }

    public List<KeyConnection> Connections { get; } = [];

    public bool IsStopping { get; private set; }

    /// <summary>Nothing of it runs any more.</summary>
    public bool IsOver => Process.IsKilled || (IsStopping && Connections.TrueForAll(static connection => connection.IsOver));

    /// <summary>How many keys it has.</summary>
    public int Owned => Connections.Count(static connection => connection.Owns);

    public void Start()
    {
        foreach (var connection in Connections)
        {
            _ = connection.RunAsync();
        }
    }

    public void Stop()
    {
        _world.Trace.Write($"{Name}: stops");
        IsStopping = true;
        Spread.Dispose();
        Connections.ForEach(static connection => connection.Stop());
    }
}
