namespace Late.Hosting.Tests.Shared.Clocks;

/// <summary>A timer that notifies its clock when it is set again.</summary>
internal sealed class TestTimer(ITimer timer, TestClock clock) : ITimer
{
    public bool Change(TimeSpan dueTime, TimeSpan period)
    {
        var changed = timer.Change(dueTime, period);
        clock.OnSet(dueTime);
        return changed;
    }

    public void Dispose() => timer.Dispose();

    public ValueTask DisposeAsync() => timer.DisposeAsync();
}
