using GatewayBot.Tests.Support;
using Late.Hosting;
using Microsoft.AspNetCore.Http;

namespace GatewayBot.Tests;

/// <summary>The bot against a feed that moves it to other addresses, over real sockets.</summary>
public sealed class FeedTests : IAsyncLifetime
{
    private const int Moves = 50;
    private const int EventsPerMove = 1000;

    private TestFeed _feed = null!;
    private FeedMoves _moves = null!;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        _feed = await TestFeed.CreateAsync();
        _moves = new FeedMoves(_feed);
    }

    public ValueTask DisposeAsync() => _feed.DisposeAsync();

    [Fact]
    public async Task No_event_is_lost_by_50_moves_at_1000_events_a_second_of_which_some_are_refused_and_some_lose_the_old_session()
    {
        var moves = Enumerable.Range(1, Moves).Select(move => (Func<Task>)((move % 5) switch
        {
            1 => () => _moves.MoveAfterRefusalsAsync(1),
            2 => _moves.MoveFromClosedAsync,
            3 => _moves.MoveFromDroppedAsync,
            _ => () => _moves.MoveAsync(),
        }));
        await MoveUnderLoadAsync([.. moves], EventsPerMove);
    }

    [Theory]
    [MemberData(nameof(Seeds.All), MemberType = typeof(Seeds))]
    public async Task No_event_is_lost_by_moves_in_any_order_of_which_some_are_refused_several_times(int seed)
    {
        var random = new Random(seed);
        var moves = Enumerable.Range(1, Moves).Select(_ => (Func<Task>)(random.Next(5) switch
        {
            0 => () => _moves.MoveAfterRefusalsAsync(random.Next(1, 4)),
            1 => _moves.MoveFromClosedAsync,
            2 => _moves.MoveFromDroppedAsync,
            _ => () => _moves.MoveAsync(),
        }));
        await MoveUnderLoadAsync([.. moves], EventsPerMove / 10);
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

    [Theory]
    [InlineData(401)]
    [InlineData(403)]
    public async Task A_subscription_that_the_token_does_not_allow_is_final(int status)
    {
        _feed.Host.Requested = context => Task.FromResult(!Refuses(context, status));
        await _feed.Bot.Services.StartAsync(Token);
        var faulted = await _feed.Bot.ReachAsync(LateConnectionState.Faulted);
        _feed.Clock.Advance(TimeSpan.FromDays(1));

        Assert.Contains($"{status}", faulted.Reason, StringComparison.Ordinal);
        Assert.Null(_feed.Bot.Client.Status.NextAttemptAt);
        Assert.Single(_feed.Happenings.All, static happening => happening.What.StartsWith("connected ", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_subscription_that_fails_is_made_by_the_next_session()
    {
        var requests = 0;
        _feed.Host.Requested = context => Task.FromResult(requests > 0 || !Refuses(context, 503) || Interlocked.Increment(ref requests) == 0);
        await _feed.Bot.Services.StartAsync(Token);
        await _feed.Bot.AdvanceToAttemptAsync();
        await _feed.Happenings.ExpectAllAsync("subscribed 2 stream.online", "subscribed 2 channel.follow");
        await _feed.Bot.Client.WaitForReadyAsync(Token);

        Assert.Contains("503", await _feed.Bot.Log.NextAsync("SessionEnded"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_revoked_subscription_is_logged_and_its_session_continues()
    {
        await _feed.Bot.StartAsync();
        await _feed.Server.RevokeAsync("channel.follow");

        Assert.Equal("The feed has revoked the subscription channel.follow: authorization_revoked", await _feed.Bot.Log.NextAsync("Revoked"));
        Assert.Equal(LateConnectionState.Ready, _feed.Bot.Client.State);
    }

    /// <summary>Refuses a request for a subscription.</summary>
    private static bool Refuses(HttpContext context, int status)
    {
        var isSubscription = context.Request.Path == "/feed/subscriptions";
        context.Response.StatusCode = isSubscription ? status : context.Response.StatusCode;
        return isSubscription;
    }

    /// <summary>Moves the bot while events are written, and looks at what it has handled.</summary>
    private async Task MoveUnderLoadAsync(IReadOnlyList<Func<Task>> moves, int eventsPerMove)
    {
        var client = _feed.Bot.Client;
        await _feed.Bot.StartAsync();
        _feed.BeginLoad();
        for (var move = 1; move <= moves.Count; move++)
        {
            await moves[move - 1]();

            // Each socket has an event.
            await _feed.Bot.Events.ReachAsync(Math.Max(move * eventsPerMove, _feed.Written.Count + 1));
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
        Assert.Equal(moves.Count + 1, _feed.Written.Select(static written => written.Peer).Distinct().Count());

        // One session, subscribed to once for each topic.
        Assert.Equal(2, _feed.Happenings.All.Count(static happening => happening.What.StartsWith("subscribed 1 ", StringComparison.Ordinal)));
        Assert.Equal(1, _feed.Happenings.All.Count(static happening => happening.What.StartsWith("connected", StringComparison.Ordinal)));
        Assert.Same(client, _feed.Bot.Client);
    }

    private Task Advance(TimeSpan time)
    {
        _feed.Clock.Advance(time);
        return Task.CompletedTask;
    }
}
