using Late.Hosting.Locking;

namespace Late.Hosting.Simulation.Worlds;

/// <summary>A timer of the simulated clock. Like a real one, it runs its callback in the context of its creator.</summary>
internal sealed class SimulatedTimer : ITimer
{
    private readonly SimulatedTime _time;
    private readonly Action _fire;
    private TimeSpan _period;
    private int _version;
    private bool _isArmed;
    private bool _isDisposed;

    public SimulatedTimer(SimulatedTime time, TimerCallback callback, object? state)
    {
        _time = time;
        var context = ExecutionContext.Capture();
        _fire = context is null ? () => callback(state) : () => ExecutionContext.Run(context, s => callback(s), state);
    }

    public bool Change(TimeSpan dueTime, TimeSpan period)
    {
        // A clock of a user's may run what is due on the thread that sets a timer.
        Gate.AssertNoneIsHeld();
        if (_isDisposed)
        {
            return false;
        }

        Disarm();
        _period = period;
        if (dueTime != Timeout.InfiniteTimeSpan)
        {
            Arm(dueTime);
        }

        return true;
    }

    /// <summary>True where it is still to fire.</summary>
    public bool IsDue(int version) => _isArmed && version == _version;

    /// <summary>It is about to fire: once, or again after its period.</summary>
    public void Fired()
    {
        Disarm();
        if (_period > TimeSpan.Zero)
        {
            Arm(_period);
        }
    }

    public void Dispose()
    {
        Disarm();
        _isDisposed = true;
    }

    public ValueTask DisposeAsync()
    {
        Dispose();
        return default;
    }

    private void Arm(TimeSpan dueTime)
    {
        _isArmed = true;
        _time.ArmedTimers++;
        _time.Enqueue(dueTime, _fire, this, ++_version);
    }

    private void Disarm()
    {
        _time.ArmedTimers -= _isArmed ? 1 : 0;
        _isArmed = false;
    }
}
