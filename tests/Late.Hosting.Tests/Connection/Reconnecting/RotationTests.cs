using Late.Hosting.Connection.Reconnecting;
using Late.Hosting.Tests.Support;
using Microsoft.Extensions.DependencyInjection;

namespace Late.Hosting.Tests.Connection.Reconnecting;

/// <summary>Sessions that are replaced before the server ends them.</summary>
public sealed class RotationTests
{
    private static readonly TimeSpan s_day = TimeSpan.FromDays(1);

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_session_is_closed_when_its_life_is_over_and_the_next_one_begins_immediately()
    {
        await using var host = new TestHost(configure: options => Rotate(options, LateReconnectOrder.CloseFirst));
        var old = await host.ReadyAsync();
        host.Time.Advance(s_day - TimeSpan.FromSeconds(1));
        Assert.Equal(LateConnectionState.Ready, host.Client.State);

        host.Time.Advance(TimeSpan.FromSeconds(1));
        await host.Transport.AcceptAsync();
        await host.StateAsync(LateConnectionState.Ready);

        Assert.Equal(1000, (await old.Closed).Code);
        Assert.Equal(["Init", "Connect", "Disconnect Rotated", "Connect"], host.Handler.Trace());
    }

    [Fact]
    public async Task P5_calls_that_the_handler_has_are_answered_before_the_switch_and_later_ones_wait_for_the_next_session()
    {
        var kept = new TaskCompletionSource<LateCall<string>>();
        var handler = new ScriptedHandler
        {
            Call = (request, call, state, _) =>
            {
                if (request.Text == "old")
                {
                    kept.SetResult(call);
                }
                else
                {
                    call.Reply("new");
                }

                return LateResult.Ok(state);
            },
        };
        await using var host = new TestHost(handler, options => Rotate(options, LateReconnectOrder.CloseFirst));
        await host.ReadyAsync();
        host.Time.Advance(s_day - TimeSpan.FromSeconds(1));
        var old = host.Client.CallAsync(new Ask("old"), Token);
        var call = await kept.Task;
        host.Time.Advance(TimeSpan.FromSeconds(1));
        var late = host.Client.CallAsync(new Ask("late"), Token);
        Assert.True(call.Reply("answered"));
        await host.Transport.AcceptAsync();

        Assert.Equal("answered", await old);
        Assert.Equal("new", await late);
        Assert.Equal(["Init", "Connect", "Call old", "Disconnect Rotated", "Connect", "Call late"], host.Handler.Trace());
    }

    [Fact]
    public async Task P5_P6_a_call_without_an_answer_holds_the_switch_for_CallTimeout_at_most()
    {
        var taken = new TaskCompletionSource();
        var handler = new ScriptedHandler
        {
            Call = (_, _, state, _) =>
            {
                taken.SetResult();
                return LateResult.Ok(state);
            },
        };
        await using var host = new TestHost(handler, options =>
        {
            Rotate(options, LateReconnectOrder.CloseFirst);
            options.CallTimeout = TimeSpan.FromSeconds(5);
        });
        var socket = await host.ReadyAsync();
        host.Time.Advance(s_day - TimeSpan.FromSeconds(1));
        var call = host.Client.CallAsync(new Ask("a"), new LateCallOptions { Timeout = Timeout.InfiniteTimeSpan }, Token);
        await taken.Task;
        host.Time.Advance(TimeSpan.FromSeconds(1));
        Assert.False(call.IsCompleted);
        host.Time.Advance(TimeSpan.FromSeconds(5));

        Assert.Equal(LateDelivery.Unknown, (await Assert.ThrowsAsync<LateDisconnectedException>(() => call)).Delivery);
        Assert.Equal(1000, (await socket.Closed).Code);
    }

    [Fact]
    public async Task P4_the_next_connection_can_be_made_first_and_the_switch_comes_when_it_is_there()
    {
        await using var host = new TestHost(configure: options => Rotate(options, LateReconnectOrder.ConnectFirst));
        var old = await host.ReadyAsync();
        host.Time.Advance(s_day);
        var attempt = await host.Transport.AttemptAsync();
        Assert.Equal(LateConnectionState.Ready, host.Client.State);
        await host.Client.SendAsync(LateFrame.Text("to the old one"), Token);
        Assert.Equal("to the old one", await old.SentAsync());

        var next = attempt.Accept();
        Assert.Equal(1000, (await old.Closed).Code);
        await host.Client.WaitForReadyAsync(Token);
        await host.Client.SendAsync(LateFrame.Text("to the new one"), Token);

        Assert.Equal("to the new one", await next.SentAsync());
        Assert.False(old.TrySent(out _));
        Assert.Equal(2, host.Transport.Count);
        Assert.Equal(["Init", "Connect", "Disconnect Rotated", "Connect"], host.Handler.Trace());
    }

    [Fact]
    public async Task A_next_connection_that_cannot_be_made_leaves_the_old_session_alone_and_is_tried_again()
    {
        await using var host = new TestHost(
            configure: options => Rotate(options, LateReconnectOrder.ConnectFirst), build: static connection => connection.Services.AddSingleton<Randomizer>(() => 0.5));
        var old = await host.ReadyAsync();
        host.Time.Advance(s_day);
        (await host.Transport.AttemptAsync()).Refuse(System.Net.HttpStatusCode.ServiceUnavailable);
        await host.Time.TimerAsync(host.Time.GetUtcNow() + TimeSpan.FromSeconds(22.5));
        Assert.Equal(LateConnectionState.Ready, host.Client.State);
        host.Time.Advance(TimeSpan.FromSeconds(22.5));
        await host.Transport.AcceptAsync();

        Assert.Equal(1000, (await old.Closed).Code);
    }

    [Theory] // With the half of each jitter: 22.5 s of MaxDelay, and 0.125 s behind what the server wants.
    [InlineData(20, 22.5)]
    [InlineData(28, 28.125)]
    [InlineData(40, 40.125)]
    public async Task P10_a_next_connection_that_is_refused_is_not_tried_again_before_Retry_After(int retryAfter, double expected)
    {
        await using var host = new TestHost(
            configure: options => Rotate(options, LateReconnectOrder.ConnectFirst), build: static connection => connection.Services.AddSingleton<Randomizer>(() => 0.5));
        await host.ReadyAsync();
        host.Time.Advance(s_day);
        (await host.Transport.AttemptAsync()).Refuse(System.Net.HttpStatusCode.ServiceUnavailable, TimeSpan.FromSeconds(retryAfter));

        await host.Time.TimerAsync(host.Time.GetUtcNow() + TimeSpan.FromSeconds(expected));
    }

    [Fact]
    public async Task A_hook_that_throws_for_the_next_connection_is_logged_and_the_session_continues()
    {
        var attempts = 0;
        await using var host = new TestHost(configure: options => Rotate(options, LateReconnectOrder.ConnectFirst), build: connection =>
        {
            connection.Services.AddSingleton<Randomizer>(() => 0.5);
            connection.ConfigureHandshake((_, _) => attempts++ == 1 ? throw new FormatException() : default);
        });
        await host.ReadyAsync();
        host.Time.Advance(s_day);
        await host.Time.TimerAsync(host.Time.GetUtcNow() + TimeSpan.FromSeconds(22.5));
        await host.LoggedAsync("RotationFailed");

        var records = host.Logs.GetSnapshot();
        Assert.Single(records, static record => record.Id.Name == "HandshakeThrew");
        Assert.Contains("ConfigureHandshake threw FormatException.", Assert.Single(records, static record => record.Id.Name == "RotationFailed").Message, StringComparison.Ordinal);
        Assert.Equal((LateConnectionState.Ready, 1), (host.Client.State, host.Transport.Count));
    }

    [Fact]
    public async Task P9_a_next_connection_in_progress_is_abandoned_when_the_host_stops()
    {
        await using var host = new TestHost(configure: options => Rotate(options, LateReconnectOrder.ConnectFirst));
        await host.ReadyAsync();
        host.Time.Advance(s_day);
        var attempt = await host.Transport.AttemptAsync();
        await host.StopAsync(Token);

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => attempt.Answered);
    }

    [Fact]
    public async Task P7_a_session_whose_life_is_over_before_it_is_ready_is_not_ready()
    {
        var connecting = new TaskCompletionSource();
        var resume = new TaskCompletionSource();
        var handler = new ScriptedHandler
        {
            Connect = async (state, _) =>
            {
                connecting.SetResult();
                await resume.Task;
                return LateResult.Ok(state).HoldCalls();
            },
        };
        await using var host = new TestHost(handler, options =>
        {
            Rotate(options, LateReconnectOrder.CloseFirst);
            options.ReadyTimeout = TimeSpan.FromDays(20);
        });
        await host.StartAsync();
        await host.Transport.AcceptAsync();
        await connecting.Task;
        host.Time.Advance(s_day);
        var call = host.Client.CallAsync(new Ask("a"), new LateCallOptions { WhenNotReady = LateWhenNotReady.Fail }, Token);

        Assert.True(call.IsFaulted);
        resume.SetResult();
    }

    [Fact]
    public async Task P10_no_connection_is_made_for_a_session_that_has_ended_and_waits_for_its_last_callback()
    {
        var disconnecting = new TaskCompletionSource();
        var resume = new TaskCompletionSource();
        var handler = new ScriptedHandler
        {
            Disconnect = async (_, state, _) =>
            {
                disconnecting.SetResult();
                await resume.Task;
                return LateDisconnectResult.Ok(state);
            },
        };
        await using var host = new TestHost(handler, options => Rotate(options, LateReconnectOrder.ConnectFirst));
        var old = await host.ReadyAsync();
        old.Close(1001, "");
        await disconnecting.Task;
        host.Time.Advance(s_day);

        Assert.Equal(1, host.Transport.Count);
        resume.SetResult();
    }

    [Fact]
    public async Task P10_a_connection_that_was_made_first_is_the_new_session_that_is_asked_for_meanwhile()
    {
        await using var host = new TestHost(configure: options => Rotate(options, LateReconnectOrder.ConnectFirst));
        var old = await host.ReadyAsync();
        old.AnswersClose = false;
        host.Time.Advance(s_day);
        var prepared = await host.Transport.AcceptAsync();
        await old.Closed;
        await host.Client.ReconnectAsync("An operator asks for it.", Token);
        old.Close(1000, "");
        await host.StateAsync(LateConnectionState.Ready);

        Assert.False(prepared.Aborted.IsCompleted);
        Assert.Equal(2, host.Transport.Count);
        Assert.Equal(["Init", "Connect", "Disconnect Rotated", "Connect"], host.Handler.Trace());
    }

    [Theory]
    [InlineData("1.00:00:00", null, "00:05:00", 0, "1.00:00:00")]
    [InlineData("1.00:00:00", null, "00:05:00", 1, "23:55:00")]
    [InlineData("00:02:00", null, "00:05:00", 1, "00:01:00")] // Never more than half of it.
    [InlineData(null, "04:00", "00:10:00", 0, "02:00:00")] // It is 02:00.
    [InlineData(null, "04:00", "00:10:00", 1, "01:50:00")]
    [InlineData(null, "02:05", "00:10:00", 1, "23:55:00")] // What would be in the past is due tomorrow.
    [InlineData(null, "01:00", "00:00:00", 0, "23:00:00")]
    [InlineData("01:00:00", "04:00", "00:00:00", 0, "01:00:00")] // Whichever comes first.
    [InlineData(null, null, "00:05:00", 1, null)]
    public void A_life_ends_at_its_length_or_at_a_time_of_day_less_the_jitter(string? longest, string? timeOfDay, string jitter, double share, string? expected)
    {
        var options = new LateRotationOptions
        {
            MaxSessionLifetime = longest is null ? null : Span(longest),
            TimeOfDay = timeOfDay is null ? null : TimeOnly.Parse(timeOfDay, System.Globalization.CultureInfo.InvariantCulture),
            Jitter = Span(jitter),
        };

        Assert.Equal(expected is null ? null : Span(expected), Rotation.Lifetime(options, new DateTimeOffset(2026, 1, 1, 2, 0, 0, TimeSpan.Zero), share));
    }

    private static TimeSpan Span(string text) => TimeSpan.Parse(text, System.Globalization.CultureInfo.InvariantCulture);

    private static void Rotate(LateConnectionOptions options, LateReconnectOrder order)
    {
        (options.Rotation.MaxSessionLifetime, options.Rotation.Jitter, options.Rotation.Order) = (s_day, TimeSpan.Zero, order);
        options.AllowSilence();
    }
}
