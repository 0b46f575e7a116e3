using GatewayBot.Servers;
using GatewayBot.Tests.Support;
using Late.Hosting;

namespace GatewayBot.Tests;

/// <summary>The bot against a feed that moves it to other addresses, over real sockets.</summary>
public sealed class FeedTests : IAsyncLifetime
{
    private const int Moves = 50;
    private const int EventsPerMove = 1000;

    private TestFeed _feed = null!;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync() => _feed = await TestFeed.CreateAsync();

    public ValueTask DisposeAsync() => _feed.DisposeAsync();

    [Fact]
    public async Task No_event_is_lost_by_50_moves_at_1000_events_a_second_of_which_some_are_refused_and_some_lose_the_old_session()
    {
        var client = _feed.Bot.Client;
        await _feed.Bot.StartAsync();
        _feed.BeginLoad();
        for (var move = 1; move <= Moves; move++)
        {
            var moving = (move % 5) switch
            {
                1 => RefusedAsync(),
                2 => OldOneIsClosedAsync(),
                3 => OldOneIsDroppedAsync(),
                _ => MovesAsync("closed 1000"),
            };
            await moving;

            // Each socket has an event.
            await _feed.Bot.Events.ReachAsync(Math.Max(move * EventsPerMove, _feed.Written.Count + 1));
            await _feed.BetweenEventsAsync(() => Advance(TimeSpan.FromSeconds(1)));
        }

        await _feed.EndLoadAsync();
        await _feed.Bot.Events.ReachAsync(_feed.Written.Count);
        await Task.WhenAll(_feed.Calls);

        // Each event once; those of one socket in their order.
        var handled = _feed.Bot.Events.Numbers.ToList();
        Assert.Equal(_feed.Written.Select(static written => written.Number), handled.Order());
        var places = handled.Select(static (number, place) => (number, place)).ToDictionary();
        Assert.All(_feed.Written.GroupBy(static written => written.Peer), socket =>
            Assert.Equal(socket.Select(written => places[written.Number]).Order(), socket.Select(written => places[written.Number])));
        Assert.Equal(Moves + 1, _feed.Written.Select(static written => written.Peer).Distinct().Count());

        // One session, subscribed to once for each topic.
        Assert.Equal(2, _feed.Happenings.All.Count(static happening => happening.What.StartsWith("subscribed 1 ", StringComparison.Ordinal)));
        Assert.Equal(1, _feed.Happenings.All.Count(static happening => happening.What.StartsWith("connected", StringComparison.Ordinal)));
        Assert.Same(client, _feed.Bot.Client);
    }

    [Fact]
    public async Task The_keep_alive_message_keeps_a_feed_without_events_and_another_session_follows_where_it_stays_away()
    {
        var timeout = TimeSpan.FromSeconds(15);
        await _feed.Bot.StartAsync();
        for (var i = 0; i < 5; i++)
        {
            _feed.Clock.Advance(timeout - TimeSpan.FromSeconds(1));
            await _feed.Server.KeepAliveAsync();

            // The answer to the first is read behind the message, and that to the second behind what the first read has brought.
            await _feed.Bot.Client.PingAsync(Token);
            await _feed.Bot.Client.PingAsync(Token);
        }

        Assert.Equal(LateConnectionState.Ready, _feed.Bot.Client.State);
        _feed.Clock.Advance(timeout);
        await _feed.Happenings.ExpectAsync("closed 1000");
        Assert.Contains("DataTimeout (00:00:15)", (await _feed.Bot.ReachAsync(LateConnectionState.Reconnecting)).Reason, StringComparison.Ordinal);
        await _feed.Bot.AdvanceToAttemptAsync();
        await _feed.Happenings.ExpectAllAsync("welcomed 2", "subscribed 2 ");
        await _feed.Bot.Client.WaitForReadyAsync(Token);
    }

    private async Task MovesAsync(string end)
    {
        await _feed.Server.MoveAsync();
        await _feed.Happenings.ExpectAllAsync("moved 1", "welcomed 1", end);
    }

    private async Task RefusedAsync()
    {
        var isRefused = false;
        _feed.Clock.Clear();
        _feed.Host.Requested = context =>
        {
            (context.Response.StatusCode, var isFirst, isRefused) = (isRefused ? 200 : 503, !isRefused, true);
            return Task.FromResult(!isFirst);
        };
        var moving = MovesAsync("closed 1000");
        await _feed.Clock.TimerAsync(TimeSpan.FromSeconds(1.5));
        _feed.Clock.Advance(TimeSpan.FromSeconds(1.5));
        await moving;
        _feed.Host.Requested = null;
    }

    // The feed closes the old connection when the new one is accepted, and not welcomed yet.
    private Task OldOneIsClosedAsync() => WithoutOldOneAsync(static old => old.CloseAsync(4004, "The time to reconnect is over."), "closed 4004");

    private Task OldOneIsDroppedAsync() => WithoutOldOneAsync(
        static old =>
        {
            old.Drop();
            return Task.CompletedTask;
        },
        "lost");

    private async Task WithoutOldOneAsync(Func<Peer, Task> end, string happened)
    {
        _feed.Server.Moving = session => _feed.BetweenEventsAsync(async () =>
        {
            await end(session.Peers[0]);

            // The welcome comes by another socket, and may otherwise be read first.
            await _feed.Bot.LeaveAsync(LateConnectionState.Ready);
        });
        await MovesAsync(happened);
        _feed.Server.Moving = null;
    }

    private Task Advance(TimeSpan time)
    {
        _feed.Clock.Advance(time);
        return Task.CompletedTask;
    }
}
