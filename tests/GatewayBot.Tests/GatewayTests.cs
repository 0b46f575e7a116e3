using System.Text.Json;
using GatewayBot.Gateway;
using GatewayBot.Gateway.Protocol;
using GatewayBot.Servers;
using GatewayBot.Servers.Gateway;
using GatewayBot.Tests.Support;
using Late.Hosting;

namespace GatewayBot.Tests;

/// <summary>The bot against a gateway that does, over real sockets, what gateways do now and then.</summary>
public sealed class GatewayTests : IAsyncLifetime
{
    private TestGateway _gateway = null!;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync() => _gateway = await TestGateway.CreateAsync();

    public ValueTask DisposeAsync() => _gateway.DisposeAsync();

    [Theory]
    [InlineData(false, "closed 4000", 0)]
    [InlineData(true, "closed 1000", 1)]
    public async Task The_stop_of_the_host_ends_the_session_at_the_gateway_only_where_the_settings_want_it(bool ends, string close, int invalidated)
    {
        _gateway.Bot.Settings["Gateway:EndsSessionAtStop"] = ends.ToString();
        await _gateway.Bot.StartAsync();

        await _gateway.Bot.StopAsync();
        await _gateway.Happenings.ExpectAsync(close);

        Assert.Equal(invalidated, _gateway.Server.Invalidated);
    }

    [Theory]
    [InlineData(4004)]
    [InlineData(4014)]
    public async Task A_wrong_token_and_a_disallowed_intent_are_final(int code)
    {
        (_gateway.Server.Token, _gateway.Server.AllowedIntents) = code == 4004 ? ("another", 513) : (null, 1);
        await _gateway.Bot.Services.StartAsync(Token);
        var status = await _gateway.Bot.ReachAsync(LateConnectionState.Faulted);
        _gateway.Clock.Advance(TimeSpan.FromDays(1));

        Assert.Contains($"{code}", status.Reason, StringComparison.Ordinal);
        Assert.Null(_gateway.Bot.Client.Status.NextAttemptAt);
        await Assert.ThrowsAsync<LateFaultedException>(() => _gateway.Bot.Client.PostAsync(new SetPresence("idle"), Token).AsTask());
        Assert.Single(_gateway.Happenings.All, static happening => happening.What == "connected");
    }

    [Theory]
    [InlineData(true, "resume 1 ")]
    [InlineData(false, "identify 2")]
    public async Task A_refused_session_is_resumed_or_begun_after_1_to_5_seconds(bool isResumable, string next)
    {
        await _gateway.Bot.StartAsync();
        await _gateway.Server.InvalidateAsync(isResumable);
        var delay = await _gateway.Bot.AdvanceToAttemptAsync();

        await _gateway.Happenings.ExpectAsync(next);
        Assert.InRange(delay, TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(5));
        Assert.Equal(0, _gateway.Server.Invalidated);
    }

    [Fact]
    public async Task An_event_behind_the_refusal_of_its_session_is_ignored()
    {
        _gateway.Bot.Settings["Late:Gateway:HandlerErrors"] = nameof(LateHandlerErrorBehavior.Stop);
        await _gateway.Bot.StartAsync();
        _gateway.Server.Closing = async peer =>
        {
            _gateway.Server.Closing = null;
            await peer.SendAsync(GatewayServer.Write(new InvalidSession(IsResumable: false)));
            await peer.SendAsync(GatewayServer.Write(new Dispatch("MESSAGE_CREATE", 2, TestGateway.Event(1))));
        };
        await _gateway.Bot.Client.ReconnectAsync(new LateReconnect { Order = LateReconnectOrder.ConnectFirst }, Token);
        await _gateway.Bot.AdvanceToAttemptAsync();
        await _gateway.Happenings.ExpectAsync("identify ");
        await _gateway.Bot.Client.WaitForReadyAsync(Token);

        Assert.Empty(_gateway.Bot.Events.Numbers);
    }

    [Fact]
    public async Task A_session_that_has_timed_out_at_the_gateway_is_begun_again()
    {
        await _gateway.Bot.StartAsync();
        await _gateway.Server.CloseAsync(4009);
        await _gateway.Bot.AdvanceToAttemptAsync();

        await _gateway.Happenings.ExpectAsync("identify 2");
    }

    [Fact]
    public async Task P7_a_RESUMED_that_comes_later_than_ReadyTimeout_leaves_the_session_to_the_next_attempt()
    {
        var timeout = TimeSpan.FromSeconds(7);
        var late = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        _gateway.Bot.Settings["Late:Gateway:ReadyTimeout"] = timeout.ToString();
        await _gateway.Bot.StartAsync();
        _gateway.Server.Resuming = () => late.Task;
        await _gateway.Server.RequestReconnectAsync();
        await _gateway.Happenings.ExpectAsync("closed 4000");
        await _gateway.PublishAsync(3);
        await _gateway.Bot.AdvanceToAttemptAsync();
        await _gateway.Happenings.ExpectAsync("resume 1 ");
        await _gateway.Bot.Events.ReachAsync(3);
        Assert.Equal(LateConnectionState.Connected, _gateway.Bot.Client.State);

        _gateway.Clock.Advance(timeout);
        late.SetResult();
        await _gateway.Happenings.ExpectAsync("closed 1008");
        await _gateway.Bot.AdvanceToAttemptAsync();
        await _gateway.Happenings.ExpectAsync("resume 1 ");
        await _gateway.Bot.Client.WaitForReadyAsync(Token);
        await _gateway.PublishAsync(1);
        await _gateway.Bot.Events.ReachAsync(4);

        Assert.Equal((1, 0), (_gateway.Server.Begun, _gateway.Server.Invalidated));
        Assert.Equal([1, 2, 3, 4], _gateway.Bot.Events.Numbers);
    }

    [Fact]
    public async Task A_resume_address_that_never_sends_Hello_leaves_the_session_to_the_configured_address()
    {
        var timeout = TimeSpan.FromSeconds(7);
        var requests = 0;
        _gateway.Bot.Settings["Late:Gateway:ReadyTimeout"] = timeout.ToString();
        _gateway.Main.Requested = _ => Task.FromResult(Interlocked.Increment(ref requests) > 0);
        _gateway.Resume.Requested = static async context =>
        {
            using var socket = await context.WebSockets.AcceptWebSocketAsync();
            var peer = new Peer(socket, context);
            Assert.Empty(await peer.ReadAsync().ToListAsync());
            await peer.AnswerCloseAsync();
            return false;
        };
        await _gateway.Bot.StartAsync();
        await _gateway.Server.RequestReconnectAsync();
        await _gateway.Bot.AdvanceToAttemptAsync();
        await _gateway.Clock.TimerAsync(timeout);
        _gateway.Clock.Advance(timeout);
        await _gateway.Bot.AdvanceToAttemptAsync();
        await _gateway.Happenings.ExpectAsync("resume 1 ");
        await _gateway.Bot.Client.WaitForReadyAsync(Token);

        Assert.Equal((1, 2), (_gateway.Server.Begun, requests));
    }

    [Fact]
    public async Task An_event_of_4_MiB_is_handled()
    {
        using var data = JsonDocument.Parse($$"""{"number":1,"text":"{{new string('x', 4 * 1024 * 1024)}}"}""");
        await _gateway.Bot.StartAsync();
        await _gateway.Server.PublishAsync("GUILD_CREATE", data.RootElement);

        await _gateway.Bot.Events.ReachAsync(1);
        Assert.Equal(LateConnectionState.Ready, _gateway.Bot.Client.State);
    }

    [Fact]
    public async Task The_gateway_may_ask_for_a_heartbeat()
    {
        await _gateway.Bot.StartAsync();
        await _gateway.Server.RequestHeartbeatAsync();

        await _gateway.Happenings.ExpectAsync("heartbeat 1");
    }

    [Fact]
    public async Task Heartbeats_are_in_time_where_200_presences_are_set_in_each_minute_and_the_last_one_is_shown()
    {
        const int Presences = 200;
        await _gateway.Bot.StartAsync();
        for (var minute = 1; minute <= 5; minute++)
        {
            for (var i = 1; i <= Presences; i++)
            {
                await _gateway.Bot.Client.PostAsync(new SetPresence($"{minute}.{i}"), Token);
            }

            await HandleAllAsync();
            _gateway.Clock.Advance(_gateway.Server.HeartbeatInterval);
            await _gateway.Happenings.ExpectAllAsync("heartbeat ", $"presence {minute}.{Presences}");
            await HandleAllAsync();
        }

        Assert.Equal(LateConnectionState.Ready, _gateway.Bot.Client.State);
        Assert.Equal(5, _gateway.Happenings.All.Count(static happening => happening.What.StartsWith("heartbeat ", StringComparison.Ordinal)));
        Assert.DoesNotContain(_gateway.Happenings.All, static happening => happening.What.StartsWith("closed ", StringComparison.Ordinal));
        NoMinuteHasMoreThan120Frames();
    }

    [Fact]
    public async Task A_presence_that_its_session_has_not_sent_is_sent_by_the_next()
    {
        await _gateway.Bot.StartAsync();
        await _gateway.Bot.Client.PostAsync(new SetPresence("idle"), Token);
        await HandleAllAsync();
        _gateway.Server.Drop();
        await _gateway.Bot.AdvanceToAttemptAsync();
        await _gateway.Happenings.ExpectAsync("resume 1 ");
        await _gateway.Bot.Client.WaitForReadyAsync(Token);
        await HandleAllAsync();
        _gateway.Clock.Advance(TimeSpan.FromSeconds(4));

        await _gateway.Happenings.ExpectAsync("presence idle");
    }

    [Fact]
    public async Task No_minute_has_more_than_120_frames()
    {
        const int Limit = 116;
        var minute = TimeSpan.FromMinutes(1);
        _gateway.Server.HeartbeatInterval = TimeSpan.FromHours(1);
        await _gateway.Bot.StartAsync();
        for (var i = 0; i < 3 * Limit; i++)
        {
            await _gateway.Server.RequestHeartbeatAsync();
        }

        // The first frame was the one that identifies.
        await HeartbeatsAsync(Limit - 1);
        _gateway.Clock.Advance(minute - TimeSpan.FromMilliseconds(1));
        await _gateway.Bot.Client.PingAsync(Token);
        _gateway.Clock.Advance(TimeSpan.FromMilliseconds(1));
        await HeartbeatsAsync(Limit);
        await _gateway.Bot.Client.PingAsync(Token);
        _gateway.Clock.Advance(minute);
        await HeartbeatsAsync(Limit);

        NoMinuteHasMoreThan120Frames();
    }

    /// <summary>Waits until the bot has handled what was posted to it, and what the gateway has answered.</summary>
    private async Task HandleAllAsync()
    {
        // The answer to a ping is read behind the gateway's answers, and the event behind it.
        await _gateway.Bot.Client.PingAsync(Token);
        await _gateway.PublishAsync(1);
        await _gateway.Bot.Events.ReachAsync(_gateway.Published);
    }

    private Task HeartbeatsAsync(int count) => _gateway.Happenings.ExpectAllAsync([.. Enumerable.Repeat("heartbeat ", count)]);

    private void NoMinuteHasMoreThan120Frames()
    {
        var minute = TimeSpan.FromMinutes(1);
        var times = _gateway.Happenings.All.Where(static happening => happening.What != "connected").Select(static happening => happening.At).ToList();
        Assert.All(times, begin => Assert.InRange(times.Count(at => at >= begin && at < begin + minute), 1, 120));
    }
}
