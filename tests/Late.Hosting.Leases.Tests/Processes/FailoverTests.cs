namespace Late.Hosting.Leases.Tests.Processes;

/// <summary>
/// Promise P21 between two processes, as the server sees it: one of them is killed, stopped, frozen, or loses its store. The leases last 3 s, with a margin of
/// 1 s; how long each step has taken is written to the output.
/// </summary>
public sealed class FailoverTests(ITestOutputHelper output)
{
    [Theory]
    [InlineData("redis")]
    [InlineData("postgres")]
    [InlineData("files")]
    public async Task P21_When_the_owner_is_killed_the_other_host_connects(string store)
    {
        await using var hosts = new TwoHosts(store);
        await hosts.StartAsync();
        var killed = hosts.One.Signal("KILL");
        var ready = await hosts.Two.StateAsync("Ready", killed);
        await hosts.FrameOfAsync("two", killed);
        hosts.AssertOneOwner();
        output.WriteLine($"{store}: ready {TwoHosts.Seconds(killed, ready.At):0.000} s after SIGKILL");
    }

    [Theory]
    [InlineData("redis")]
    [InlineData("postgres")]
    [InlineData("files")]
    public async Task P21_When_the_owner_is_asked_to_end_its_goodbye_arrives_and_the_other_host_connects(string store)
    {
        await using var hosts = new TwoHosts(store);
        await hosts.StartAsync();
        var asked = hosts.One.Signal("TERM");
        var ready = await hosts.Two.StateAsync("Ready", asked);
        var bye = await hosts.Server.WaitAsync(static record => record.What == "frame" && record.Words[2] == "bye", asked);
        var close = await hosts.Server.WaitAsync(record => record.Is("close", "feed", bye.Words[1], "1000"), asked);
        await hosts.One.ExitAsync();
        await hosts.FrameOfAsync("two", asked);
        hosts.AssertOneOwner();
        output.WriteLine($"{store}: goodbye and close frame after {TwoHosts.Seconds(asked, close.At):0.000} s, ready {TwoHosts.Seconds(asked, ready.At):0.000} s after SIGTERM");
    }

    [Theory] // A file stays locked while its process lives: files have no such failover.
    [InlineData("redis")]
    [InlineData("postgres")]
    public async Task P21_A_frozen_owner_sends_nothing_on_its_old_session_when_it_continues(string store)
    {
        await using var hosts = new TwoHosts(store);
        await hosts.StartAsync();
        var frozen = hosts.One.Signal("STOP");
        var ready = await hosts.Two.StateAsync("Ready", frozen);

        // Twice the time to live; the server writes down what the other one sends meanwhile.
        await hosts.Server.WaitAsync(record => record.What == "frame" && TwoHosts.Seconds(frozen, record.At) > 2 * TwoHosts.Ttl);
        var continued = hosts.One.Signal("CONT");
        var standby = await hosts.One.StateAsync("Standby", continued);
        var old = hosts.SessionOf("one");
        await hosts.Server.WaitAsync(record => record.Is("end", "feed", old));
        await hosts.FrameOfAsync("two", standby.At);
        hosts.AssertOneOwner();
        Assert.DoesNotContain(hosts.Server.Records, record => record.What is "frame" or "close" && record.Words[1] == old && record.At >= continued);
        output.WriteLine($"{store}: ready {TwoHosts.Seconds(frozen, ready.At):0.000} s after SIGSTOP; the other one stands by {TwoHosts.Seconds(continued, standby.At):0.000} s after SIGCONT");
    }

    [Theory]
    [InlineData("redis")]
    [InlineData("postgres")]
    public async Task P21_While_the_store_is_away_there_is_no_owner_and_one_when_it_returns(string store)
    {
        await using var hosts = new TwoHosts(store);
        await hosts.StartAsync();
        var pulled = System.Diagnostics.Stopwatch.GetTimestamp();
        hosts.CableOfOne.Pull();
        hosts.CableOfTwo.Pull();
        var standby = await hosts.One.StateAsync("Standby", pulled);
        var bye = await hosts.Server.WaitAsync(static record => record.What == "frame" && record.Words[2] == "bye", pulled);

        // So long is it away.
        await Task.Delay(TimeSpan.FromSeconds(3 * TwoHosts.Ttl), TimeProvider.System, TestContext.Current.CancellationToken);
        Assert.Single(hosts.Server.Records, static record => record.What == "begin");
        var plugged = System.Diagnostics.Stopwatch.GetTimestamp();
        hosts.CableOfOne.Plug();
        hosts.CableOfTwo.Plug();
        var begin = await hosts.Server.WaitAsync(static record => record.What == "begin", plugged);
        await hosts.Server.WaitAsync(record => record.Is("frame", "feed", begin.Words[1]));
        hosts.AssertOneOwner();
        output.WriteLine(
            $"{store}: goodbye {TwoHosts.Seconds(pulled, bye.At):0.000} s and standby {TwoHosts.Seconds(pulled, standby.At):0.000} s after the store was away, a session {TwoHosts.Seconds(plugged, begin.At):0.000} s after its return");
    }

    [Theory]
    [InlineData("redis")]
    [InlineData("postgres")]
    public async Task P21_An_owner_that_is_cut_off_from_the_store_alone_stops_before_the_other_host_begins(string store)
    {
        await using var hosts = new TwoHosts(store);
        await hosts.StartAsync();
        var pulled = System.Diagnostics.Stopwatch.GetTimestamp();
        hosts.CableOfOne.Pull();
        var ready = await hosts.Two.StateAsync("Ready", pulled);
        await hosts.FrameOfAsync("two", pulled);
        hosts.AssertOneOwner();
        var old = hosts.SessionOf("one");
        var last = hosts.Server.Records.Last(record => record.What is "frame" or "close" && record.Words[1] == old);
        output.WriteLine($"{store}: last frame of the first one {TwoHosts.Seconds(pulled, last.At):0.000} s, the other one ready {TwoHosts.Seconds(pulled, ready.At):0.000} s after the cut");
    }

    [Fact] // With appendonly, Redis knows its leases and tokens again.
    public async Task P21_A_redis_that_is_killed_and_restarted_grants_no_second_lease()
    {
        await using var hosts = new TwoHosts("redis");
        await hosts.StartAsync();
        await hosts.Store.KillAsync();
        await hosts.Store.StartAsync();
        var killed = hosts.One.Signal("KILL");
        await hosts.Two.StateAsync("Ready", killed);
        await hosts.FrameOfAsync("two", killed);
        hosts.AssertOneOwner();
    }
}
