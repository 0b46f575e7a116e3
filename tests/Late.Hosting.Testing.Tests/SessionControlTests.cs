using System.Net;
using Late.Hosting.Testing.Tests.Support;
using Microsoft.Extensions.Options;

namespace Late.Hosting.Testing.Tests;

/// <summary>The handler harness: goodbyes, held closes, and connections that are made before the old one is closed.</summary>
public sealed class SessionControlTests
{
    private static readonly Uri s_moved = new("wss://test.invalid/moved");

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_stop_waits_while_the_close_is_held_for_what_the_server_still_sends()
    {
        await using var test = await LateHandlerTest.ConnectAsync(new MovingHandler { HoldsClose = true });
        var stopping = test.StopAsync();
        await test.ReceiveAsync("more");
        Assert.Equal(["bye"], test.SentTexts);
        Assert.False(stopping.IsCompleted);
        Assert.Null(test.Closed);

        await test.ReceiveAsync("last");
        await stopping;

        Assert.Equal(new LateTestClose(4000, "later"), test.Closed);
        Assert.Equal(["session 1", "closing: HostStopping", "more", "last", "ended: HostStopping"], test.State);
    }

    [Fact]
    public async Task A_close_that_is_held_too_long_ends_on_the_tests_clock()
    {
        await using var test = await LateHandlerTest.ConnectAsync(new MovingHandler { HoldsClose = true });
        var stopping = test.StopAsync();
        await test.AdvanceAsync(TimeSpan.FromSeconds(3.9));
        Assert.Null(test.Closed);

        await test.AdvanceAsync(TimeSpan.FromSeconds(0.1));
        await stopping;

        Assert.Equal(4000, test.Closed?.Code);
    }

    [Fact]
    public async Task A_requested_session_closes_the_old_one_as_HandleClosing_chooses_and_its_attempt_waits()
    {
        await using var test = await LateHandlerTest.ConnectAsync(new MovingHandler());
        await test.Client.ReconnectAsync("an operator", Token);
        await test.SettleAsync();

        Assert.Equal(new LateTestClose(4000, "later"), test.Closed);
        Assert.NotNull(test.Attempt);
        await test.ConnectAsync();
        Assert.Equal(["session 1", "closing: ReconnectRequested", "ended: ReconnectRequested", "session 2"], test.State);
    }

    [Fact]
    public async Task A_reload_of_the_address_closes_the_session_as_HandleClosing_chooses_and_its_attempt_waits()
    {
        await using var test = await LateHandlerTest.ConnectAsync(new MovingHandler());
        await test.ReloadAsync(static options => options.Uri = s_moved);

        Assert.Equal((s_moved, new LateTestClose(4000, "later")), (test.Attempt?.Uri, test.Closed));
        await test.ConnectAsync();
        Assert.Equal(["session 1", "closing: ReconnectRequested", "ended: ReconnectRequested", "session 2"], test.State);
    }

    [Fact]
    public async Task A_reload_of_an_option_that_takes_effect_in_the_open_session_leaves_that_open()
    {
        await using var test = await LateHandlerTest.ConnectAsync(new MovingHandler());
        await test.ReloadAsync(static options => options.DataTimeout = TimeSpan.FromSeconds(10));
        await test.AdvanceAsync(TimeSpan.FromSeconds(9));
        Assert.True(test.IsReady);

        await test.AdvanceAsync(TimeSpan.FromSeconds(1));

        Assert.Equal(["session 1", "closing: DataTimeout", "ended: DataTimeout"], test.State);
    }

    [Fact]
    public async Task A_reload_between_sessions_replaces_the_attempt_that_waits()
    {
        await using var test = await LateHandlerTest.StartAsync(new MovingHandler());
        await test.ReloadAsync(static options => options.Uri = s_moved);
        Assert.Equal(s_moved, test.Attempt?.Uri);

        await test.ConnectAsync();

        Assert.Equal(["session 1"], test.State);
    }

    [Fact]
    public async Task A_reload_of_invalid_options_is_thrown_and_changes_nothing()
    {
        await using var test = await LateHandlerTest.ConnectAsync(new MovingHandler());
        var thrown = await Assert.ThrowsAsync<OptionsValidationException>(() => test.ReloadAsync(static options => options.CallTimeout = TimeSpan.Zero));
        Assert.Contains("CallTimeout", thrown.Message, StringComparison.Ordinal);

        await test.ReloadAsync(static options => options.CallTimeout = TimeSpan.FromSeconds(1));

        Assert.True(test.IsReady);
    }

    [Fact]
    public async Task A_session_continues_while_the_attempt_waits_that_is_to_replace_it()
    {
        await using var test = await LateHandlerTest.ConnectAsync(new MovingHandler());
        await test.ReceiveAsync("move");
        Assert.Equal(s_moved, test.Attempt!.Uri);
        await test.ReceiveAsync("an event");
        Assert.True(test.IsReady);

        await test.ConnectAsync();
        await test.ReceiveAsync("another");

        Assert.Equal([new LateTestClose(4001, "moved")], test.Closes);
        Assert.Null(test.Attempt);
        Assert.Equal(["session 1", "move", "an event", "ended: ReconnectRequested", "session 2", "another"], test.State);
    }

    [Fact]
    public async Task A_session_continues_until_the_first_message_of_the_next_where_the_switch_waits_for_it()
    {
        await using var test = await LateHandlerTest.ConnectAsync(new MovingHandler { SwitchWhen = LateSwitchWhen.FirstMessage });
        await test.ReceiveAsync("move");
        await test.ConnectAsync();
        await test.ReceiveAsync("an event");
        Assert.Empty(test.Closes);

        await test.ReceiveNextAsync("welcome");

        Assert.Equal([new LateTestClose(4001, "moved")], test.Closes);
        Assert.Equal(["session 1", "move", "an event", "ended: ReconnectRequested", "session 2", "welcome"], test.State);
        Assert.Contains("ConnectFirst", (await Assert.ThrowsAsync<InvalidOperationException>(() => test.ReceiveNextAsync("x"))).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_refused_attempt_to_replace_a_session_is_reported_and_the_session_continues()
    {
        await using var test = await LateHandlerTest.ConnectAsync(new MovingHandler());
        await test.ReceiveAsync("move");
        await test.RefuseAsync(HttpStatusCode.ServiceUnavailable);
        await test.ReceiveAsync("an event");

        Assert.Equal(["session 1", "move", "failed: moved, ServiceUnavailable", "an event"], test.State);
        Assert.Null(test.Attempt);
        Assert.Empty(test.Closes);
    }

    [Fact]
    public async Task A_next_connection_that_does_not_speak_within_ReadyTimeout_is_reported_as_refused()
    {
        await using var test = await LateHandlerTest.ConnectAsync(new MovingHandler { SwitchWhen = LateSwitchWhen.FirstMessage });
        await test.ReceiveAsync("move");
        await test.ConnectAsync();
        await test.AdvanceAsync(TimeSpan.FromSeconds(10));

        Assert.Equal(["session 1", "move", "failed: moved, "], test.State);
        Assert.True(test.IsReady);
    }

    [Fact]
    public async Task A_made_connection_takes_the_place_of_a_session_that_breaks()
    {
        await using var test = await LateHandlerTest.ConnectAsync(new MovingHandler { SwitchWhen = LateSwitchWhen.FirstMessage });
        await test.ReceiveAsync("move");
        await test.ConnectAsync();
        await test.DisconnectAsync();
        await test.ReceiveAsync("welcome");

        Assert.Equal(["session 1", "move", "ended: ConnectionLost", "session 2", "welcome"], test.State);
    }

    [Fact]
    public async Task An_attempt_to_replace_a_session_that_breaks_is_the_next_one()
    {
        await using var test = await LateHandlerTest.ConnectAsync(new MovingHandler());
        await test.ReceiveAsync("move");
        await test.DisconnectAsync();
        Assert.Equal(s_moved, test.Attempt!.Uri);
        await test.ConnectAsync();

        Assert.Equal(["session 1", "move", "ended: ConnectionLost", "session 2"], test.State);
    }

    [Fact]
    public async Task A_refused_attempt_between_sessions_has_its_outcome_and_the_next_Connect_makes_the_next()
    {
        await using var test = await LateHandlerTest.ConnectAsync(new MovingHandler());
        await test.DisconnectAsync();
        await test.RefuseAsync(HttpStatusCode.ServiceUnavailable, TimeSpan.FromSeconds(20));
        Assert.Equal(TimeSpan.FromSeconds(20), test.Outcome!.Delay);
        Assert.True(test.Outcome.ShouldReconnect);
        await test.RefuseAsync(HttpStatusCode.Unauthorized);
        await test.ConnectAsync();

        Assert.Equal(["session 1", "ended: ConnectionLost", "session 2"], test.State);
        await Assert.ThrowsAsync<InvalidOperationException>(() => test.RefuseAsync(HttpStatusCode.Forbidden));
    }

    [Fact]
    public async Task A_session_without_messages_ends_with_a_goodbye_after_DataTimeout()
    {
        await using var test = await LateHandlerTest.ConnectAsync(new MovingHandler(), static options => options.DataTimeout = TimeSpan.FromSeconds(30));
        await test.AdvanceAsync(TimeSpan.FromSeconds(20));
        await test.ReceiveAsync("an event");
        await test.AdvanceAsync(TimeSpan.FromSeconds(29));
        Assert.True(test.IsReady);
        await test.AdvanceAsync(TimeSpan.FromSeconds(1));

        Assert.Equal(LateDisconnectReason.DataTimeout, test.Outcome?.Disconnect?.Reason);
        Assert.Equal(["session 1", "an event", "closing: DataTimeout", "ended: DataTimeout"], test.State);
        Assert.Equal(4000, test.Closed?.Code);
    }
}
