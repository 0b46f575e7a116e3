namespace Late.Hosting.IntegrationTests.Support;

/// <summary>A timer that tells its clock when it is set anew.</summary>
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
