using Microsoft.Extensions.Time.Testing;

namespace Late.Hosting.Testing.Tests;

/// <summary>The timers of the clock: as those of a <see cref="FakeTimeProvider"/>, and from any number of threads.</summary>
public sealed class ClockTimerTests
{
    private static readonly TimeSpan s_second = TimeSpan.FromSeconds(1);

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public void A_clock_that_is_advanced_while_a_timer_is_being_set_runs_it()
    {
        var clock = new LateTestClock();
        var runs = 0;
        clock.WasSet = _ =>
        {
            clock.WasSet = null;
            clock.AdvanceTo(clock.NextDue!.Value);
        };
        using var timer = clock.CreateTimer(_ => runs++, null, s_second, Timeout.InfiniteTimeSpan);

        Assert.Equal(1, runs);
        clock.Advance(10 * s_second);
        Assert.Equal(1, runs);
    }

    [Fact]
    public void A_periodic_timer_runs_once_for_each_period_that_the_clock_is_advanced()
    {
        FakeTimeProvider clock = new LateTestClock();
        var runs = 0;
        using var timer = clock.CreateTimer(_ => runs++, null, 2 * s_second, s_second);
        clock.Advance(5.5 * s_second);
        Assert.Equal(4, runs);
        clock.Advance(0.5 * s_second);
        Assert.Equal(5, runs);
        timer.Change(s_second, Timeout.InfiniteTimeSpan);
        clock.Advance(5 * s_second);

        Assert.Equal(6, runs);
    }

    [Fact]
    public void Timers_run_in_the_order_in_which_they_are_due_and_then_in_which_they_were_set()
    {
        var clock = new LateTestClock();
        var runs = new List<string>();
        ITimer Make(string name, double seconds) => clock.CreateTimer(_ => runs.Add(name), null, seconds * s_second, Timeout.InfiniteTimeSpan);
        using var first = Make("c", 2);
        using var second = Make("b", 1);
        using var third = Make("d", 2);
        using var fourth = Make("now", 0);
        using var fifth = Make("a", 1);
        second.Change(s_second, Timeout.InfiniteTimeSpan);
        clock.Advance(2 * s_second);

        Assert.Equal(["now", "a", "b", "c", "d"], runs);
    }

    [Fact]
    public void A_timer_may_advance_the_clock_set_itself_again_and_dispose_others()
    {
        var clock = new LateTestClock();
        var runs = new List<double>();
        var start = clock.GetUtcNow();
        ITimer? timer = null;
        using var other = clock.CreateTimer(_ => Assert.Fail("It is disposed."), null, 3 * s_second, Timeout.InfiniteTimeSpan);
        timer = clock.CreateTimer(
            _ =>
            {
                runs.Add((clock.GetUtcNow() - start).TotalSeconds);
                other.Dispose();
                clock.Advance(5 * s_second);
                timer!.Change(runs.Count < 3 ? s_second : Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
            },
            null,
            s_second,
            Timeout.InfiniteTimeSpan);
        clock.Advance(s_second);
        Assert.Equal([1], runs);
        clock.Advance(s_second);
        clock.Advance(s_second);

        Assert.Equal([1, 7, 13], runs);
        Assert.False(other.Change(s_second, s_second));
        timer.Dispose();
    }

    [Fact]
    public void A_changed_time_of_day_leaves_a_timer_the_time_that_it_has_still_to_wait()
    {
        var clock = new LateTestClock();
        var runs = 0;
        using var timer = clock.CreateTimer(_ => runs++, null, 10 * s_second, Timeout.InfiniteTimeSpan);
        clock.Advance(4 * s_second);
        clock.AdjustTime(clock.GetUtcNow() + TimeSpan.FromHours(5));
        clock.Advance(5 * s_second);
        Assert.Equal(0, runs);
        clock.AdjustTime(clock.GetUtcNow() - TimeSpan.FromHours(7));
        clock.Advance(s_second);

        Assert.Equal(1, runs);
    }

    [Fact]
    public void A_clock_that_advances_whenever_it_is_read_runs_its_timers()
    {
        var clock = new LateTestClock { AutoAdvanceAmount = s_second };
        var runs = 0;
        using var periodic = clock.CreateTimer(_ => runs++, null, 10 * s_second, 10 * s_second);
        for (var i = 0; i < 100; i++)
        {
            clock.GetUtcNow();
        }

        Assert.Equal(10, runs);
    }

    [Theory]
    [InlineData(-2)]
    [InlineData(uint.MaxValue)]
    public void A_time_that_no_timer_can_wait_for_is_refused(double milliseconds)
    {
        var time = TimeSpan.FromMilliseconds(milliseconds);
        var clock = new LateTestClock();

        Assert.Equal("dueTime", Assert.Throws<ArgumentOutOfRangeException>(() => clock.CreateTimer(static _ => { }, null, time, s_second)).ParamName);
        Assert.Equal("period", Assert.Throws<ArgumentOutOfRangeException>(() => clock.CreateTimer(static _ => { }, null, s_second, time)).ParamName);
    }

    [Fact]
    public async Task Each_setting_of_a_timer_runs_once_whatever_other_threads_set_and_advance_meanwhile()
    {
        const int Threads = 6;
        const int Timers = 3000;
        var clock = new LateTestClock();
        var runs = new int[Threads * Timers];
        var settings = new int[Threads * Timers];
        var timers = new ITimer[Threads * Timers];
        using var finished = new CancellationTokenSource();
        var advancing = Task.Run(
            () =>
            {
                while (!finished.IsCancellationRequested)
                {
                    clock.AdvanceTo(clock.GetUtcNow() + TimeSpan.FromMilliseconds(1));
                }
            },
            Token);
        await Task.WhenAll(Enumerable.Range(0, Threads).Select(thread => Task.Run(
            () =>
            {
                var random = new Random(thread);
                for (var i = thread * Timers; i < (thread + 1) * Timers; i++)
                {
                    var number = i;
                    timers[i] = clock.CreateTimer(_ => Interlocked.Increment(ref runs[number]), null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
                    settings[i]++;
                    timers[i].Change(TimeSpan.FromMilliseconds(random.Next(20)), Timeout.InfiniteTimeSpan);
                    var earlier = random.Next(thread * Timers, i + 1);
                    if (Volatile.Read(ref runs[earlier]) == settings[earlier])
                    {
                        settings[earlier]++;
                        timers[earlier].Change(TimeSpan.FromMilliseconds(random.Next(20)), Timeout.InfiniteTimeSpan);
                    }

                    clock.CreateTimer(static _ => { }, null, TimeSpan.FromMilliseconds(random.Next(20)), s_second).Dispose();
                }
            },
            Token)));
        await finished.CancelAsync();
        await advancing;
        clock.Advance(s_second);

        Assert.Equal(settings, runs);
        Assert.Null(clock.NextDue);
        Assert.True(clock.IsSettled);
    }
}
