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
        Round? begun;
        using (_gate.Enter())
        {
            begun = Insert(monitor);
        }

        Begin(begun);
    }

    public void Remove(CallbackMonitor monitor)
    {
        Round? ended;
        using (_gate.Enter())
        {
            TryRemove(monitor, out ended);
        }

        ended?.Clock?.Dispose();
    }

    /// <summary>Lets a monitor look more or less often; nothing where it looks no more.</summary>
    public void Change(CallbackMonitor monitor, TimeSpan period)
    {
        Round? begun = null;
        Round? ended = null;
        using (_gate.Enter())
        {
            if (monitor.Period != period && TryRemove(monitor, out ended))
            {
                monitor.Period = period;
                begun = Insert(monitor);
            }
        }

        ended?.Clock?.Dispose();
        Begin(begun);
    }

    /// <returns>The round that begins with it; null where it joins one.</returns>
    private Round? Insert(CallbackMonitor monitor)
    {
        if (_rounds.TryGetValue(monitor.Period, out var round))
        {
            round.Monitors.Add(monitor);
            return null;
        }

        return _rounds[monitor.Period] = new Round(monitor.Period) { Monitors = { monitor } };
    }

    /// <param name="monitor">The monitor.</param>
    /// <param name="ended">The round that ends with it; null where others are left.</param>
    private bool TryRemove(CallbackMonitor monitor, out Round? ended)
    {
        ended = null;
        if (!_rounds.TryGetValue(monitor.Period, out var round) || !round.Monitors.Remove(monitor))
        {
            return false;
        }

        if (round.Monitors.Count == 0)
        {
            _rounds.Remove(monitor.Period);
            ended = round;
        }

        return true;
    }

    private void Begin(Round? round)
    {
        if (round is null)
        {
            return;
        }

        var clock = StartClock(round);
        using (_gate.Enter())
        {
            // Its monitors may have been removed again meanwhile.
            if (round.Monitors.Count > 0)
            {
                round.Clock = clock;
                return;
            }
        }

        clock.Dispose();
    }

    private ITimer StartClock(Round round)
    {
        // The execution context of the first connection, with its log scope, does not apply to the others.
        using var unflowed = ExecutionContext.SuppressFlow();
        return time.CreateTimer(_ => Look(round), null, round.Period, round.Period);
    }

    private void Look(Round round)
    {
        List<CallbackMonitor> late;
        using (_gate.Enter())
        {
            late = [.. round.Monitors.Where(static monitor => monitor.Look())];
        }

        // Outside the lock: a logger may take its time.
        late.ForEach(static monitor => monitor.Warn());
    }

    /// <summary>Those that look equally often.</summary>
    private sealed class Round(TimeSpan period)
    {
        public TimeSpan Period => period;

        public HashSet<CallbackMonitor> Monitors { get; } = [];

        /// <summary>Null until it is started, outside the lock.</summary>
        public ITimer? Clock { get; set; }
    }
}
