using System.Net;
using Late.Hosting;

namespace WorkerSample.Tests;

/// <summary>From end to end: the sample over HTTP, and its own feed over a WebSocket.</summary>
public sealed class OwnFeedTests : IAsyncDisposable
{
    private readonly OwnFeedApplication _application = new();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public ValueTask DisposeAsync() => _application.DisposeAsync();

    [Fact]
    public async Task Subscribes_once_and_unsubscribes_once()
    {
        using var http = await _application.StartAsync(Token);

        Assert.Equal(HttpStatusCode.Created, (await PostAsync(http, "/subscriptions/xrp-usd")).StatusCode);
        Assert.Equal(HttpStatusCode.OK, (await PostAsync(http, "/subscriptions/XRP-USD")).StatusCode);
        Assert.Equal(HttpStatusCode.UnprocessableEntity, (await PostAsync(http, "/subscriptions/FOO-USD")).StatusCode);
        Assert.Equal(HttpStatusCode.NoContent, (await http.DeleteAsync("/subscriptions/XRP-USD", Token)).StatusCode);
        Assert.Equal(HttpStatusCode.NotFound, (await http.DeleteAsync("/subscriptions/XRP-USD", Token)).StatusCode);
        Assert.Equal(HttpStatusCode.NotFound, (await http.GetAsync("/prices/XRP-USD", Token)).StatusCode);
    }

    [Fact]
    public async Task Two_concurrent_subscribers_both_have_what_they_want()
    {
        using var http = await _application.StartAsync(Token);

        var answers = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => PostAsync(http, "/subscriptions/ADA-USD")));

        Assert.Single(answers, static answer => answer.StatusCode == HttpStatusCode.Created);
        Assert.Equal(7, answers.Count(static answer => answer.StatusCode == HttpStatusCode.OK));
    }

    [Fact]
    public async Task Subscriptions_survive_a_drop()
    {
        using var http = await _application.StartAsync(Token);
        await PostAsync(http, "/subscriptions/XRP-USD");

        await DropAsync(http, seconds: 0);
        await _application.Ticker.WaitForReadyAsync(Token);

        // The feed answers in order: when this one is confirmed, the restored ones have their prices.
        Assert.Equal(HttpStatusCode.Created, (await PostAsync(http, "/subscriptions/ADA-USD")).StatusCode);
        Assert.All(["BTC/USD", "ETH/USD", "SOL/USD", "XRP/USD"], symbol => Assert.True(_application.Prices.Find(symbol)?.IsLive));
    }

    [Fact]
    public async Task A_feed_that_stays_away_leaves_the_last_known_prices()
    {
        using var http = await _application.StartAsync(Token);
        await PostAsync(http, "/subscriptions/XRP-USD");

        await DropAsync(http, seconds: 600);

        Assert.Equal(HttpStatusCode.ServiceUnavailable, (await PostAsync(http, "/subscriptions/ADA-USD")).StatusCode);
        Assert.Equal(HttpStatusCode.OK, (await http.GetAsync("/prices/BTC-USD", Token)).StatusCode);
    }

    private static Task<HttpResponseMessage> PostAsync(HttpClient http, string path) => http.PostAsync(path, content: null, Token);

    /// <summary>Drops the feed, and waits until the connection has noticed.</summary>
    private async Task DropAsync(HttpClient http, int seconds)
    {
        var changes = _application.Ticker.WatchAsync(Token).GetAsyncEnumerator(Token);
        await using (changes)
        {
            await changes.MoveNextAsync();
            (await PostAsync(http, $"/feed/drop?seconds={seconds}")).EnsureSuccessStatusCode();
            while (changes.Current.State != LateConnectionState.Reconnecting)
            {
                Assert.True(await changes.MoveNextAsync());
            }
        }
    }
}
