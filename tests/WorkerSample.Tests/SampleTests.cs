using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Late.Hosting;

namespace WorkerSample.Tests;

/// <summary>The sample over HTTP, connected to the feed that it hosts itself.</summary>
public sealed class SampleTests : IAsyncDisposable
{
    private readonly SampleApplication _application = new();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public ValueTask DisposeAsync() => _application.DisposeAsync();

    [Fact]
    public async Task Subscribes_once_and_unsubscribes_once()
    {
        using var http = await _application.StartAsync(Token);

        Assert.Equal(HttpStatusCode.Created, (await PostAsync(http, "/subscriptions/xrp-usd")).StatusCode);
        Assert.Equal(HttpStatusCode.OK, (await PostAsync(http, "/subscriptions/XRP-USD")).StatusCode);
        Assert.Equal(HttpStatusCode.NoContent, (await http.DeleteAsync("/subscriptions/XRP-USD", Token)).StatusCode);
        Assert.Equal(HttpStatusCode.NotFound, (await http.DeleteAsync("/subscriptions/XRP-USD", Token)).StatusCode);
        Assert.Equal(HttpStatusCode.NotFound, (await http.GetAsync("/prices/XRP-USD", Token)).StatusCode);
    }

    [Fact]
    public async Task Two_who_subscribe_at_once_both_have_what_they_want()
    {
        using var http = await _application.StartAsync(Token);

        var answers = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => PostAsync(http, "/subscriptions/ADA-USD")));

        Assert.Single(answers, static answer => answer.StatusCode == HttpStatusCode.Created);
        Assert.Equal(7, answers.Count(static answer => answer.StatusCode == HttpStatusCode.OK));
    }

    [Theory]
    [InlineData("FOO-USD", HttpStatusCode.UnprocessableEntity, "Currency pair not supported FOO/USD")]
    [InlineData("FOO", HttpStatusCode.BadRequest, "Write a symbol like BTC-USD.")]
    public async Task What_the_client_can_mend_is_a_4xx_that_says_what(string pair, HttpStatusCode status, string text)
    {
        using var http = await _application.StartAsync(Token);

        var answer = await PostAsync(http, $"/subscriptions/{pair}");

        Assert.Equal(status, answer.StatusCode);
        Assert.Equal("application/problem+json", answer.Content.Headers.ContentType?.MediaType);
        Assert.Contains(text, await answer.Content.ReadAsStringAsync(Token), StringComparison.Ordinal);
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
    public async Task While_the_feed_is_away_calls_are_503_and_prices_are_the_last_known()
    {
        using var http = await _application.StartAsync(Token);
        await PostAsync(http, "/subscriptions/XRP-USD");

        await DropAsync(http, seconds: 600);
        var call = await PostAsync(http, "/subscriptions/ADA-USD");
        var price = await http.GetAsync("/prices/BTC-USD", Token);
        var unknown = await http.GetAsync("/prices/ADA-USD", Token);

        Assert.Equal(HttpStatusCode.ServiceUnavailable, call.StatusCode);
        Assert.True(call.Headers.RetryAfter?.Delta > TimeSpan.Zero);
        Assert.Equal(HttpStatusCode.OK, price.StatusCode);
        Assert.Equal(HttpStatusCode.ServiceUnavailable, unknown.StatusCode);
        Assert.True(unknown.Headers.RetryAfter?.Delta > TimeSpan.Zero);
        var connection = await http.GetFromJsonAsync<JsonElement>("/connection", Token);
        Assert.NotEqual("Ready", connection.GetProperty("state").GetString());
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
