using Late.Hosting.Locking;

namespace Late.Hosting.Connection.Callbacks;

/// <summary>
/// The monitors of all connections: one timer for those that look equally often. With a timer for each, ten thousand quiet
/// connections would do little else than serve them.
/// </summary>
internal sealed class CallbackMonitors(TimeProvider time)
{
    private readonly Gate _gate = new();
    private readonly Dictionary<TimeSpan, Round> _rounds = [];

    /// <summary>Lets a monitor look from now on.</summary>
    public void Add(CallbackMonitor monitor)
    {
        using (_gate.Enter())
        {
            Insert(monitor);
        }
    }

    public void Remove(CallbackMonitor monitor)
    {
        using (_gate.Enter())
        {
            TryRemove(monitor);
        }
    }

    /// <summary>Lets a monitor look more or less often; nothing where it looks no more.</summary>
    public void Change(CallbackMonitor monitor, TimeSpan period)
    {
        using (_gate.Enter())
        {
            if (monitor.Period != period && TryRemove(monitor))
            {
                monitor.Period = period;
                Insert(monitor);
            }
        }
    }

    private void Insert(CallbackMonitor monitor)
    {
        if (!_rounds.TryGetValue(monitor.Period, out var round))
        {
            _rounds[monitor.Period] = round = new Round(StartClock(monitor.Period), []);
        }

        round.Monitors.Add(monitor);
    }

    private bool TryRemove(CallbackMonitor monitor)
    {
        if (!_rounds.TryGetValue(monitor.Period, out var round) || !round.Monitors.Remove(monitor))
        {
            return false;
        }

        if (round.Monitors.Count == 0)
        {
            _rounds.Remove(monitor.Period);
            round.Clock.Dispose();
        }

        return true;
    }

    private ITimer StartClock(TimeSpan period)
    {
        // The execution context of the first connection, with its log scope, does not apply to the others.
        using var unflowed = ExecutionContext.SuppressFlow();
        return time.CreateTimer(_ => Look(period), null, period, period);
    }

    private void Look(TimeSpan period)
    {
        List<CallbackMonitor> late;
        using (_gate.Enter())
        {
            late = _rounds.TryGetValue(period, out var round) ? [.. round.Monitors.Where(static monitor => monitor.Look())] : [];
        }

        // Outside the lock: a logger may take its time.
        late.ForEach(static monitor => monitor.Warn());
    }

    private sealed record Round(ITimer Clock, HashSet<CallbackMonitor> Monitors);
}
