namespace Late.Hosting.Testing.Tests;

public sealed class ClockTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_wait_for_a_timer_ends_when_it_is_set()
    {
        var clock = new LateTestClock();
        var waiting = clock.WaitForTimerAsync(TimeSpan.FromSeconds(3));
        using var other = clock.CreateTimer(static _ => { }, null, TimeSpan.FromSeconds(2), Timeout.InfiniteTimeSpan);
        Assert.False(waiting.IsCompleted);
        var delay = Task.Delay(TimeSpan.FromSeconds(3), clock, Token);
        await waiting;
        clock.Advance(TimeSpan.FromSeconds(3));

        await delay;
    }

    [Fact]
    public async Task A_timer_that_was_set_before_starts_from_now()
    {
        var clock = new LateTestClock();
        using var timer = clock.CreateTimer(static _ => { }, null, TimeSpan.FromSeconds(5), TimeSpan.FromSeconds(4));
        clock.Advance(TimeSpan.FromSeconds(2));
        await clock.WaitForTimerAsync(TimeSpan.FromSeconds(3));
        clock.Advance(TimeSpan.FromSeconds(3));
        await clock.WaitForTimerAsync(TimeSpan.FromSeconds(4));
        timer.Change(TimeSpan.FromSeconds(1), Timeout.InfiniteTimeSpan);

        await clock.WaitForTimerAsync(TimeSpan.FromSeconds(1));
    }

    [Fact]
    public void A_clock_stands_where_it_is_set()
    {
        var start = new DateTimeOffset(2030, 5, 6, 7, 8, 9, TimeSpan.Zero);

        Assert.Equal(start, new LateTestClock(start).GetUtcNow());
    }
}
