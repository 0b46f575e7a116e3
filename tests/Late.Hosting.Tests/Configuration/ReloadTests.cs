using Late.Hosting.Tests.Support;

namespace Late.Hosting.Tests.Configuration;

/// <summary>A reload reaches what runs already: the clocks that were set by the options as they were.</summary>
public sealed class ReloadTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("01:00:00", "00:00:02", 2)]
    [InlineData("00:00:02", "00:00:30", 30)]
    public async Task A_reload_of_SlowCallbackThreshold_reaches_the_warning_of_slow_callbacks(string before, string after, int seconds)
    {
        var hold = new TaskCompletionSource();
        var handler = new ScriptedHandler
        {
            Info = async (_, state, _) =>
            {
                await hold.Task;
                return LateResult.Ok(state);
            },
        };
        await using var host = new TestHost(handler, settings: new() { ["Late:Forwarding:SlowCallbackThreshold"] = before });
        await host.ReadyAsync();
        Reload(host, "SlowCallbackThreshold", after);
        await host.Client.PostAsync(new Note("slow"), Token);
        await handler.SkipToAsync("Info slow");
        for (var i = 0; i < 2; i++)
        {
            Assert.DoesNotContain(host.Logs.GetSnapshot(), static record => record.Id.Name == "CallbackRunning");
            host.Time.Advance(TimeSpan.FromSeconds(seconds));
        }

        var record = Assert.Single(host.Logs.GetSnapshot(), static record => record.Id.Name == "CallbackRunning");
        Assert.Contains($"has been running for {TimeSpan.FromSeconds(seconds)}", record.Message, StringComparison.Ordinal);
        hold.SetResult();
    }

    [Fact]
    public async Task A_DataTimeout_that_has_passed_already_closes_the_session_and_leaves_the_reload_alone()
    {
        await using var host = new TestHost(settings: new() { ["Late:Forwarding:KeepAliveInterval"] = "10:00:00" });
        await host.ReadyAsync();
        host.Time.Advance(TimeSpan.FromSeconds(40));
        host.Configuration["Late:Forwarding:DataTimeout"] = "00:00:30";
        host.Configuration.Reload();

        await host.Handler.SkipToAsync("Disconnect DataTimeout");
    }

    [Fact]
    public async Task A_reload_of_KeepAliveInterval_reaches_the_open_session()
    {
        await using var host = new TestHost(settings: new() { ["Late:Forwarding:KeepAliveInterval"] = "10:00:00" });
        var socket = await host.ReadyAsync();
        host.Time.Advance(TimeSpan.FromSeconds(1));
        Reload(host, "KeepAliveInterval", "00:00:03");
        host.Time.Advance(TimeSpan.FromMilliseconds(1));
        Assert.Equal(0, socket.Pings);
        host.Time.Advance(TimeSpan.FromSeconds(2));

        Assert.Equal(1, socket.Pings);
    }

    [Fact]
    public async Task A_reload_of_SendLimit_lets_pass_what_waits_for_it()
    {
        await using var host = new TestHost(settings: new() { ["Late:Forwarding:SendLimit:Frames"] = "1", ["Late:Forwarding:SendLimit:Window"] = "1.00:00:00" });
        await host.ReadyAsync();
        await host.Client.SendAsync(LateFrame.Text("first"), Token);
        var second = host.Client.SendAsync(LateFrame.Text("second"), Token).AsTask();
        await host.Client.CallAsync(new Ask("behind it"), Token);
        Assert.False(second.IsCompleted);

        Reload(host, "SendLimit:Frames", "10");
        await second;
    }

    [Fact]
    public async Task A_reload_of_StableAfter_takes_effect_with_the_next_lost_session()
    {
        await using var host = new TestHost();
        (await host.ReadyAsync()).Drop();
        await host.NextAttemptAsync();
        var attempt = await host.Transport.AttemptAsync();
        Assert.Equal(2, attempt.Request.Attempt);
        var socket = attempt.Accept();
        await host.Client.WaitForReadyAsync(Token);
        host.Time.Advance(TimeSpan.FromSeconds(10));

        Reload(host, "Reconnect:StableAfter", "00:00:10");
        socket.Drop();
        await host.NextAttemptAsync();
        Assert.Equal(1, (await host.Transport.AttemptAsync()).Request.Attempt);
    }

    [Fact]
    public async Task A_reload_as_a_session_begins_to_look_at_its_server_is_not_seen_late()
    {
        await using var host = new TestHost(settings: new() { ["Late:Forwarding:KeepAliveInterval"] = "10:00:00" });
        host.Time.Changing = due => ReloadOnce(host, due, "KeepAliveInterval");
        var socket = await host.ReadyAsync();
        host.Time.Advance(TimeSpan.FromSeconds(3));

        Assert.Equal(1, socket.Pings);
    }

    [Fact]
    public async Task A_reload_as_the_watch_over_slow_callbacks_begins_is_not_seen_late()
    {
        var hold = new TaskCompletionSource();
        var handler = new ScriptedHandler
        {
            Connect = async (state, _) =>
            {
                await hold.Task;
                return LateResult.Ok(state);
            },
        };
        await using var host = new TestHost(handler, settings: new() { ["Late:Forwarding:SlowCallbackThreshold"] = "10:00:00" });
        host.Time.Creating = due => ReloadOnce(host, due, "SlowCallbackThreshold");
        await host.StartAsync();
        await host.Transport.AcceptAsync();
        await handler.SkipToAsync("Connect");
        host.Time.Advance(TimeSpan.FromSeconds(3));
        host.Time.Advance(TimeSpan.FromSeconds(3));

        Assert.Contains(host.Logs.GetSnapshot(), static record => record.Id.Name == "CallbackRunning");
        hold.SetResult();
    }

    /// <summary>Reloads an option as a timer is set to what it was: ten hours.</summary>
    private static void ReloadOnce(TestHost host, TimeSpan due, string option)
    {
        if (due == TimeSpan.FromHours(10))
        {
            (host.Time.Changing, host.Time.Creating) = (null, null);
            Reload(host, option, "00:00:03");
        }
    }

    private static void Reload(TestHost host, string option, string value)
    {
        host.Configuration[$"Late:Forwarding:{option}"] = value;
        host.Configuration.Reload();
    }
}
