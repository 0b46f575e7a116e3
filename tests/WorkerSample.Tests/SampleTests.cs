using System.Net;
using System.Net.Http.Json;
using System.Text.Json;

namespace WorkerSample.Tests;

/// <summary>The sample over HTTP. The test is the exchange.</summary>
public sealed class SampleTests : IAsyncDisposable
{
    private readonly SampleApplication _application = new();
    private readonly HttpClient _http;

    public SampleTests() => _http = _application.CreateClient();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public ValueTask DisposeAsync()
    {
        _http.Dispose();
        return _application.DisposeAsync();
    }

    [Fact]
    public async Task A_subscription_is_created_when_the_exchange_has_confirmed_it()
    {
        var exchange = await _application.Exchange.AcceptAsync();
        await exchange.ExpectAsync("""{"method":"subscribe","params":{"channel":"ticker","symbol":["BTC/USD","ETH/USD","SOL/USD"]}}""");
        await exchange.WaitUntilReadyAsync();
        var posting = PostAsync("/subscriptions/xrp-usd");
        await exchange.ExpectAsync("""{"method":"subscribe","params":{"channel":"ticker","symbol":["XRP/USD"]},"req_id":1}""");
        Assert.False(posting.IsCompleted);
        exchange.Send("""{"method":"subscribe","result":{"channel":"ticker","symbol":"XRP/USD"},"success":true,"req_id":1}""");
        var answer = await posting;

        Assert.Equal(HttpStatusCode.Created, answer.StatusCode);
        Assert.Equal("/prices/XRP-USD", answer.Headers.Location?.OriginalString);
    }

    [Fact]
    public async Task Subscribes_once_and_unsubscribes_once()
    {
        await _application.AcceptAsync();

        Assert.Equal(HttpStatusCode.Created, (await PostAsync("/subscriptions/xrp-usd")).StatusCode);
        Assert.Equal(HttpStatusCode.OK, (await PostAsync("/subscriptions/XRP-USD")).StatusCode);
        Assert.Equal(HttpStatusCode.NoContent, (await _http.DeleteAsync("/subscriptions/XRP-USD", Token)).StatusCode);
        Assert.Equal(HttpStatusCode.NotFound, (await _http.DeleteAsync("/subscriptions/XRP-USD", Token)).StatusCode);
        Assert.Equal(HttpStatusCode.NotFound, (await _http.GetAsync("/prices/XRP-USD", Token)).StatusCode);
    }

    [Theory]
    [InlineData("FOO-USD", HttpStatusCode.UnprocessableEntity, "Currency pair not supported FOO/USD")]
    [InlineData("FOO", HttpStatusCode.BadRequest, "Write a symbol like BTC-USD.")]
    public async Task What_the_client_can_fix_is_a_4xx_that_names_it(string pair, HttpStatusCode status, string text)
    {
        await _application.AcceptAsync();

        var answer = await PostAsync($"/subscriptions/{pair}");

        Assert.Equal(status, answer.StatusCode);
        Assert.Equal("application/problem+json", answer.Content.Headers.ContentType?.MediaType);
        Assert.Contains(text, await answer.Content.ReadAsStringAsync(Token), StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_exchange_that_does_not_answer_is_a_504_after_CallTimeout()
    {
        var exchange = await _application.Exchange.AcceptAsync();
        await exchange.ReceiveAsync();
        await exchange.WaitUntilReadyAsync();
        var posting = PostAsync("/subscriptions/XRP-USD");
        await exchange.ReceiveAsync();
        await _application.Exchange.AdvanceAsync(TimeSpan.FromSeconds(5));

        Assert.Equal(HttpStatusCode.GatewayTimeout, (await posting).StatusCode);
    }

    [Fact]
    public async Task Subscriptions_survive_a_drop_which_the_journal_of_sessions_shows()
    {
        var exchange = await _application.AcceptAsync();
        await PostAsync("/subscriptions/XRP-USD");
        exchange.Drop();
        exchange = await _application.Exchange.AcceptAsync();

        await exchange.ExpectAsync("""{"method":"subscribe","params":{"channel":"ticker","symbol":["BTC/USD","ETH/USD","SOL/USD","XRP/USD"]}}""");
        Assert.Equal("The connection broke.", Assert.Single((await GetAsync("/connection/sessions")).EnumerateArray()).GetProperty("reason").GetString());
    }

    [Fact]
    public async Task While_the_exchange_is_away_calls_are_503_and_prices_are_the_last_known()
    {
        var exchange = await _application.AcceptAsync();
        exchange.Send("""{"channel":"ticker","type":"snapshot","data":[{"symbol":"BTC/USD","last":64189.1}]}""");
        await PostAsync("/subscriptions/XRP-USD");
        exchange.Drop();
        (await _application.Exchange.NextAttemptAsync()).Refuse(HttpStatusCode.ServiceUnavailable, retryAfter: TimeSpan.FromMinutes(10));
        await _application.Exchange.WaitForBackoffAsync();
        var (before, call) = (await GetAsync("/prices/BTC-USD"), await PostAsync("/subscriptions/ADA-USD"));
        await _application.Exchange.AdvanceAsync(TimeSpan.FromSeconds(90));
        var (after, unknown) = (await GetAsync("/prices/BTC-USD"), await _http.GetAsync("/prices/ADA-USD", Token));

        Assert.Equal(HttpStatusCode.ServiceUnavailable, call.StatusCode);
        Assert.InRange(call.Headers.RetryAfter!.Delta!.Value, TimeSpan.FromSeconds(600), TimeSpan.FromSeconds(601));
        Assert.Equal(HttpStatusCode.ServiceUnavailable, unknown.StatusCode);
        Assert.InRange(unknown.Headers.RetryAfter!.Delta!.Value, TimeSpan.FromSeconds(510), TimeSpan.FromSeconds(511));
        Assert.Equal(64189.1m, after.GetProperty("last").GetDecimal());
        Assert.False(after.GetProperty("isLive").GetBoolean());
        Assert.Equal(90, after.GetProperty("ageSeconds").GetDouble() - before.GetProperty("ageSeconds").GetDouble(), tolerance: 0.11);
        Assert.Equal("Reconnecting", (await GetAsync("/connection")).GetProperty("state").GetString());
    }

    private Task<HttpResponseMessage> PostAsync(string path) => _http.PostAsync(path, content: null, Token);

    private Task<JsonElement> GetAsync(string path) => _http.GetFromJsonAsync<JsonElement>(path, Token);
}
