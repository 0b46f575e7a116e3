using Late.Hosting.Simulation.Worlds;

namespace Late.Hosting.Simulation.Leases;

/// <summary>The process of a host: it may be frozen and killed, and what comes meanwhile waits, or never comes.</summary>
/// <param name="name">The host's name.</param>
/// <param name="time">The world's.</param>
/// <param name="dice">The world's.</param>
/// <param name="trace">The world's.</param>
internal sealed class HostProcess(string name, SimulatedTime time, Dice dice, WorldTrace trace)
{
    private readonly List<Action> _held = [];

    public bool IsFrozen { get; private set; }

    public bool IsKilled { get; private set; }

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
        trace.Write($"{name}: frozen");
        IsFrozen = true;
    }

    /// <summary>It continues, and what has come meanwhile comes in any order.</summary>
    public void Thaw()
    {
        if (!IsFrozen || IsKilled)
        {
            return;
        }

        trace.Write($"{name}: continues");
        IsFrozen = false;
        while (_held.Count > 0)
        {
            var index = dice.Below(_held.Count);
            var action = _held[index];
            _held.RemoveAt(index);
            time.After(TimeSpan.Zero, () => Deliver(action));
        }
    }

    /// <summary>Nothing of it runs any more.</summary>
    public void Kill()
    {
        trace.Write($"{name}: killed");
        (IsKilled, IsFrozen) = (true, false);
        _held.Clear();
    }
}
