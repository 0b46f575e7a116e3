namespace Late.Hosting.Simulation.Worlds;

/// <summary>What a world draws for calls, by chance of its own: reloads of their limits, retries, entries of the handler's own, broadcasts.</summary>
internal sealed class CallWorld
{
    private readonly World _world;
    private readonly bool _reloads;

    public CallWorld(World world, ulong seed)
    {
        (_world, Dice, Limits) = (world, new Dice(seed ^ 0x43616C6C73), CallLimits.Of(world.Plan.Options));
        _reloads = world.Plan.DrawsCalls && Dice.Chance(60);
        KeepsEntries = Dice.Chance(40);
        Broadcasts = world.Plan.IsSupervised && Dice.Chance(60);
        HasLimitedRequests = Limits is not { Asks: null, Probes: null };
        Retries = Dice.Chance(30);
    }

    public Dice Dice { get; }

    /// <summary>The limits that are in force.</summary>
    public CallLimits Limits { get; private set; }

    /// <summary>A request has had a limit of its own: calls of different requests may pass each other.</summary>
    public bool HasLimitedRequests { get; private set; }

    /// <summary>Calls run through a pipeline that retries what was not delivered.</summary>
    public bool Retries { get; }

    /// <summary>By how much calls may end late: their clock counts in milliseconds, and slots, entries and attempts do not begin with whole ones.</summary>
    public TimeSpan Tick => Retries || KeepsEntries || _world.Plan.DrawsCalls ? TimeSpan.FromMilliseconds(1) : TimeSpan.Zero;

    /// <summary>Handlers keep entries for which no caller waits.</summary>
    public bool KeepsEntries { get; }

    /// <summary>The application calls all connections of its supervisor.</summary>
    public bool Broadcasts { get; }

    /// <summary>Perhaps reloads the limits.</summary>
    public bool TryReload()
    {
        if (!_reloads || !Dice.Chance(10))
        {
            return false;
        }

        var (before, limits) = (Limits, CallLimits.Draw(Dice));
        _world.Trace.Write($"the limits of calls are reloaded: {limits}");
        foreach (var subject in _world.Subjects.All)
        {
            subject.CallSlots.OnReload(limits);
        }

        Limits = limits;
        HasLimitedRequests |= limits is not { Asks: null, Probes: null };
        _world.Settings.Reload(limits, isChanged: limits != before);
        return true;
    }
}
