using Late.Hosting.Testing.Tests.Support;

namespace Late.Hosting.Testing.Tests;

/// <summary>Attempts while timers are set slowly, and while others advance the same clock.</summary>
public sealed class SharedClockTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Attempts_follow_each_other_where_the_threads_that_set_timers_are_slow()
    {
        await using var host = new TestedHost();
        host.Clock.Setting = host.Clock.WasSet = static _ => Token.WaitHandle.WaitOne(TimeSpan.FromMilliseconds(2));
        await host.StartAsync();
        for (var i = 1; i <= 100; i++)
        {
            var attempt = await host.Peer.NextAttemptAsync();
            Assert.Equal(i, attempt.Number);
            attempt.Fail();
        }
    }

    [Fact]
    public async Task Attempts_follow_each_other_where_the_clock_is_advanced_before_and_after_each_timer_is_set()
    {
        await using var host = new TestedHost();
        await host.StartAsync();
        var attempt = await host.Peer.NextAttemptAsync();
        host.Clock.Setting = host.Clock.WasSet = Advance;
        for (var i = 2; i <= 100; i++)
        {
            attempt.Fail();
            attempt = await host.Peer.NextAttemptAsync();
            Assert.Equal(i, attempt.Number);
        }

        void Advance(ClockTimer timer)
        {
            if (timer.IsDelay)
            {
                host.Clock.Advance(TimeSpan.FromMilliseconds(50));
            }
        }
    }

    [Fact]
    public async Task The_delay_of_one_connection_is_not_taken_for_that_of_another_that_ends_at_the_same_time()
    {
        await using var one = new TestedHost();
        await using var other = new TestedHost(new LateTestPeer(one.Clock));
        var session = await one.ReadyAsync();
        (await other.ReadyAsync()).Send("again");
        Assert.Equal(TimeSpan.FromSeconds(5), await other.Peer.WaitForBackoffAsync());
        var setting = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        using var resume = new ManualResetEventSlim();
        one.Clock.Setting = timer =>
        {
            if (timer.IsDelay)
            {
                setting.SetResult();
                resume.Wait(Token);
            }
        };
        session.Send("again");
        await setting.Task;
        var next = one.Peer.NextAttemptAsync();
        Assert.False(next.IsCompleted);
        resume.Set();

        Assert.Equal(TimeSpan.FromSeconds(5), (await next).Waited);
    }

    [Fact]
    public async Task A_connection_starts_where_each_timer_that_it_sets_finds_another_connection_due()
    {
        await using var one = new TestedHost();
        await using var other = new TestedHost(new LateTestPeer(one.Clock), BePatient);
        await one.StartAsync();
        var attempt = await one.Peer.NextAttemptAsync();
        attempt.Fail();
        await one.Peer.WaitForBackoffAsync();
        one.Clock.WasSet = timer => one.Clock.Advance(timer.IsDelay ? TimeSpan.Zero : TimeSpan.FromHours(1));

        await other.ReadyAsync();
    }

    [Fact]
    public async Task Ten_thousand_attempts_follow_each_other()
    {
        await using var host = new TestedHost();
        await host.StartAsync();
        for (var i = 1; i <= 10_000; i++)
        {
            var attempt = await host.Peer.NextAttemptAsync();
            Assert.Equal(i, attempt.Number);
            attempt.Fail();
        }
    }

    [Fact]
    public async Task Connections_on_one_clock_each_advance_it_to_their_own_attempts()
    {
        var clock = new LateTestClock();
        var hosts = Enumerable.Range(0, 5).Select(_ => new TestedHost(new LateTestPeer(clock), BePatient)).ToList();
        await Task.WhenAll(hosts.Select(host => Task.Run(
            async () =>
            {
                await host.StartAsync();
                for (var i = 1; i <= 300; i++)
                {
                    var attempt = await host.Peer.NextAttemptAsync();
                    Assert.Equal(i, attempt.Number);
                    if (i % 3 != 0)
                    {
                        attempt.Fail();
                        continue;
                    }

                    var session = attempt.Accept();
                    await session.ExpectAsync("hello 0");
                    session.Drop();
                    await session.WaitUntilEndedAsync();
                }
            },
            Token)));
        foreach (var host in hosts)
        {
            await host.DisposeAsync();
        }
    }

    // While one waits for its test, others advance the clock by hours.
    private static void BePatient(LateConnectionOptions options) =>
        options.ConnectTimeout = options.ReadyTimeout = options.SendTimeout = options.KeepAliveInterval = options.KeepAliveTimeout = TimeSpan.FromDays(2);
}
