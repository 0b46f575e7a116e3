using System.Collections.Concurrent;
using System.Text.Json;
using GatewayBot.Feed;
using GatewayBot.Servers;
using GatewayBot.Servers.Feed;
using Late.Hosting;

namespace GatewayBot.Tests.Support;

/// <summary>A feed whose events never pause, and a bot.</summary>
public sealed class TestFeed : IAsyncDisposable
{
    private const int EventsPerCall = 100;
    private const int EventsAhead = 500;

    // One may come to a session whose loss is not known yet.
    private static readonly LateCallOptions s_waits = new() { WhenLost = LateWhenLost.Wait };

    private readonly SemaphoreSlim _publishing = new(1);
    private readonly ConcurrentQueue<(long Number, Peer Peer)> _written = new();
    private readonly CancellationTokenSource _stopping = new();
    private Task _load = Task.CompletedTask;

    private TestFeed(TestClock clock, FeedServer server, TestServer host)
    {
        (Server, Host, Happenings) = (server, host, new Happenings(clock));
        server.Address = new Uri(host.Uri, "/feed");
        server.Happened = Happenings.Add;
        Bot = new TestBot<FeedHandler>(clock, static builder => builder.AddFeed(), new TestSettings
        {
            ["Late:Feed:Uri"] = server.Address.ToString(),

            // No timeout comes.
            ["Late:Feed:CallTimeout"] = "1.00:00:00",
            ["Feed:SubscriptionsAddress"] = new UriBuilder(host.Uri) { Scheme = "http", Path = "/feed/subscriptions" }.Uri.ToString(),
        });
    }

    public FeedServer Server { get; }

    public TestServer Host { get; }

    public TestBot<FeedHandler> Bot { get; }

    public TestClock Clock => Bot.Clock;

    public Happenings Happenings { get; }

    /// <summary>The events that were written to a socket, in their order.</summary>
    public IReadOnlyCollection<(long Number, Peer Peer)> Written => _written;

    /// <summary>Calls that began while events were written.</summary>
    public ConcurrentQueue<Task<FeedState>> Calls { get; } = new();

    public static async Task<TestFeed> CreateAsync()
    {
        var server = new FeedServer();
        return new TestFeed(new TestClock(), server, await TestServer.StartAsync(feed: server));
    }

    /// <summary>Writes events as fast as the bot takes them.</summary>
    public void BeginLoad() => _load = Task.Run(async () =>
    {
        for (var number = 1L; !_stopping.IsCancellationRequested; number++)
        {
            if (number % EventsPerCall == 0)
            {
                await Bot.Events.ReachAsync(_written.Count - EventsAhead);
            }

            await PublishAsync(number);
        }
    });

    /// <summary>Waits until every event that was written is handled and every call has its reply, and does something before the next of either.</summary>
    public async Task BetweenEventsAsync(Func<Task> act)
    {
        await _publishing.WaitAsync(TestContext.Current.CancellationToken);
        try
        {
            await Bot.Events.ReachAsync(_written.Count);
            await Task.WhenAll(Calls);
            await act();
        }
        finally
        {
            _publishing.Release();
        }
    }

    public async Task EndLoadAsync()
    {
        await _stopping.CancelAsync();
        await _load;
    }

    public async ValueTask DisposeAsync()
    {
        await EndLoadAsync();
        await Bot.DisposeAsync();
        await Host.DisposeAsync();
    }

    private async Task PublishAsync(long number)
    {
        await _publishing.WaitAsync();
        if (number % EventsPerCall == 0)
        {
            Calls.Enqueue(Bot.Client.CallAsync(new GetFeedState(), s_waits, TestContext.Current.CancellationToken));
        }

        foreach (var peer in await Server.PublishAsync("channel.follow", JsonSerializer.SerializeToElement(new SampleEvent(number), ServersJson.Default.SampleEvent)))
        {
            _written.Enqueue((number, peer));
        }

        _publishing.Release();
    }
}
