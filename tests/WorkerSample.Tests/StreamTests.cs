using System.Net;
using System.Net.Http.Json;
using Late.Hosting.Testing;

namespace WorkerSample.Tests;

/// <summary>Prices as they come, over HTTP. The test is the exchange.</summary>
public sealed class StreamTests : IAsyncDisposable
{
    private readonly SampleApplication _application = new();
    private readonly HttpClient _http;

    public StreamTests() => _http = _application.CreateClient();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public ValueTask DisposeAsync()
    {
        _http.Dispose();
        return _application.DisposeAsync();
    }

    [Fact]
    public async Task A_page_receives_prices_and_sees_between_which_of_them_the_exchange_was_away()
    {
        var exchange = await AcceptAsync();
        var answering = _http.GetAsync("/stream/xrp-usd", HttpCompletionOption.ResponseHeadersRead, Token);
        await ConfirmAsync(exchange);
        Send(exchange, "0.51");
        using var answer = await answering;
        using var events = new StreamReader(await answer.Content.ReadAsStreamAsync(Token));
        Assert.Equal("text/event-stream", answer.Content.Headers.ContentType?.MediaType);
        Assert.Equal("Item 0.51", await NextAsync(events));

        exchange.Drop();
        Assert.Equal("Interrupted", await NextAsync(events));
        exchange = await AcceptAsync();
        await ConfirmAsync(exchange);
        Assert.Equal("Restored", await NextAsync(events));
        Send(exchange, "0.52");
        Assert.Equal("Item 0.52", await NextAsync(events));
    }

    [Fact]
    public async Task Another_service_receives_the_next_prices_and_leaves_the_topic()
    {
        var exchange = await AcceptAsync();
        var answering = _http.GetFromJsonAsync<List<decimal>>("/stream/XRP-USD/next?count=1", Token);
        await ConfirmAsync(exchange);
        Send(exchange, "0.51");

        Assert.Equal([0.51m], await answering);
        await exchange.ExpectAsync("""{"method":"unsubscribe","params":{"channel":"ticker","symbol":["XRP/USD"]}}""");
    }

    [Fact]
    public async Task A_symbol_that_the_exchange_refuses_is_a_422()
    {
        var exchange = await AcceptAsync();
        var answering = _http.GetAsync("/stream/FOO-USD", Token);
        await exchange.ExpectAsync("""{"method":"subscribe","params":{"channel":"ticker","symbol":["FOO/USD"]}}""");
        exchange.Send("""{"method":"subscribe","success":false,"error":"Currency pair not supported FOO/USD","symbol":"FOO/USD"}""");

        Assert.Equal(HttpStatusCode.UnprocessableEntity, (await answering).StatusCode);
    }

    [Fact]
    public async Task What_readers_have_subscribed_to_is_kept_for_them_and_what_a_request_has_stays_when_they_leave()
    {
        var exchange = await AcceptAsync();
        var answering = _http.GetFromJsonAsync<List<decimal>>("/stream/BTC-USD/next?count=1", Token);
        await exchange.ExpectAsync("""{"method":"subscribe","params":{"channel":"ticker","symbol":["BTC/USD"]}}""");
        exchange.Send("""{"method":"subscribe","result":{"channel":"ticker","symbol":"BTC/USD"},"success":true}""");
        Assert.Equal(HttpStatusCode.NoContent, (await _http.DeleteAsync("/subscriptions/BTC-USD", Token)).StatusCode);
        var again = await _http.PostAsync("/subscriptions/BTC-USD", content: null, Token);
        Assert.Equal(HttpStatusCode.OK, again.StatusCode);
        exchange.Send("""{"channel":"ticker","type":"update","data":[{"symbol":"BTC/USD","last":64189.1}]}""");
        Assert.Equal([64189.1m], await answering);

        // The reader has left, and nothing was unsubscribed from: the next frame is that of the call.
        var deleting = _http.DeleteAsync("/subscriptions/BTC-USD", Token);
        await exchange.ExpectAsync("""{"method":"unsubscribe","params":{"channel":"ticker","symbol":["BTC/USD"]},"req_id":1}""");
        exchange.Send("""{"method":"unsubscribe","result":{"channel":"ticker","symbol":"BTC/USD"},"success":true,"req_id":1}""");
        Assert.Equal(HttpStatusCode.NoContent, (await deleting).StatusCode);
    }

    private async Task<LateTestSession> AcceptAsync()
    {
        var exchange = await _application.Exchange.AcceptAsync();
        await exchange.ExpectAsync("""{"method":"subscribe","params":{"channel":"ticker","symbol":["BTC/USD","ETH/USD","SOL/USD"]}}""");
        return exchange;
    }

    private static async Task ConfirmAsync(LateTestSession exchange)
    {
        await exchange.ExpectAsync("""{"method":"subscribe","params":{"channel":"ticker","symbol":["XRP/USD"]}}""");
        exchange.Send("""{"method":"subscribe","result":{"channel":"ticker","symbol":"XRP/USD"},"success":true}""");
    }

    private static void Send(LateTestSession exchange, string last) =>
        exchange.Send($$"""{"channel":"ticker","type":"update","data":[{"symbol":"XRP/USD","last":{{last}}}]}""");

    // An event is two lines, and an empty one.
    private static async Task<string> NextAsync(StreamReader events)
    {
        var (kind, data) = (await events.ReadLineAsync(Token), await events.ReadLineAsync(Token));
        Assert.Equal("", await events.ReadLineAsync(Token));
        return $"{kind!["event: ".Length..]} {data!["data: ".Length..]}".TrimEnd();
    }
}
