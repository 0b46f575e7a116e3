using Late.Hosting;
using Late.Hosting.Testing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using WorkerSample.Kraken;
using WorkerSample.Ticker;

namespace WorkerSample.Tests;

/// <summary>The handler speaks to the exchange as its documentation specifies. There is no network: each test specifies what comes.</summary>
public sealed class TickerHandlerTests : IAsyncDisposable
{
    private readonly LateTestClock _clock = new();
    private readonly PriceBoard _prices;
    private readonly ServiceProvider _services;

    public TickerHandlerTests()
    {
        _prices = new PriceBoard(_clock);
        _services = new ServiceCollection().AddSingleton<TimeProvider>(_clock).AddSingleton<SessionStore>().AddScoped<SessionJournal>()
            .BuildServiceProvider(validateScopes: true);
    }

    public ValueTask DisposeAsync() => _services.DisposeAsync();

    [Fact]
    public async Task A_session_begins_with_a_subscription_to_all_that_is_wanted()
    {
        await using var test = await ConnectAsync("BTC/USD", "ETH/USD");

        Assert.Equal(["""{"method":"subscribe","params":{"channel":"ticker","symbol":["BTC/USD","ETH/USD"]}}"""], test.SentTexts);
        Assert.Equal(["BTC/USD", "ETH/USD"], test.State.Wanted);
        Assert.Empty(test.State.Active);
    }

    [Fact]
    public async Task A_session_that_wants_nothing_begins_in_silence()
    {
        await using var test = await ConnectAsync();

        Assert.Empty(test.Sent);
    }

    [Fact]
    public async Task A_subscription_is_confirmed_when_the_exchange_confirms_it()
    {
        await using var test = await ConnectAsync();
        var call = await test.CallAsync(new Subscribe("ALGO/USD"));
        Assert.Equal(["""{"method":"subscribe","params":{"channel":"ticker","symbol":["ALGO/USD"]},"req_id":1}"""], test.SentTexts);
        Assert.False(call.IsEnded);

        await test.ReceiveAsync("""
            {"method":"subscribe","result":{"channel":"ticker","event_trigger":"trades","snapshot":true,"symbol":"ALGO/USD"},"success":true,
             "time_in":"2023-09-25T09:04:31.742599Z","time_out":"2023-09-25T09:04:31.742648Z","req_id":1}
            """);

        Assert.Equal(new Subscription("ALGO/USD", IsNew: true), await call.ReplyAsync());
        Assert.Equal(["ALGO/USD"], test.State.Wanted);
        Assert.Equal(["ALGO/USD"], test.State.Active);
        Assert.Equal(new Subscription("ALGO/USD", IsNew: false), await (await test.CallAsync(new Subscribe("ALGO/USD"))).ReplyAsync());
    }

    [Fact]
    public async Task A_subscription_that_the_exchange_refuses_fails_with_its_words()
    {
        await using var test = await ConnectAsync();
        var call = await test.CallAsync(new Subscribe("BTC/XXX"));
        await test.ReceiveAsync("""
            {"error":"Currency pair not supported BTC/XXX","method":"subscribe","success":false,"symbol":"BTC/XXX","req_id":1}
            """);

        Assert.Equal("Currency pair not supported BTC/XXX", (await Assert.ThrowsAsync<RefusedException>(call.ReplyAsync)).Message);
        Assert.Empty(test.State.Wanted);
    }

    [Fact]
    public async Task Two_concurrent_subscribers_both_have_what_they_want()
    {
        await using var test = await ConnectAsync();
        var (first, second) = (await test.CallAsync(new Subscribe("ALGO/USD")), await test.CallAsync(new Subscribe("ALGO/USD")));
        await ConfirmAsync(test, "subscribe", "ALGO/USD", id: 1);
        await test.ReceiveAsync("""{"error":"Already subscribed","method":"subscribe","success":false,"symbol":"ALGO/USD","req_id":2}""");

        Assert.True((await first.ReplyAsync()).IsNew);
        Assert.False((await second.ReplyAsync()).IsNew);
    }

    [Fact]
    public async Task A_confirmation_that_comes_after_the_timeout_counts_all_the_same()
    {
        await using var test = await ConnectAsync();
        var call = await test.CallAsync(new Subscribe("ALGO/USD"));
        await test.AdvanceAsync(TimeSpan.FromSeconds(5));
        await Assert.ThrowsAsync<LateCallTimeoutException>(call.ReplyAsync);
        await ConfirmAsync(test, "subscribe", "ALGO/USD", id: 1);

        Assert.Equal(["ALGO/USD"], test.State.Active);
    }

    [Fact]
    public async Task An_ended_session_is_written_to_the_journal_with_its_reason()
    {
        await using var test = await ConnectAsync();
        await test.DisconnectAsync(1001, "Maintenance.");

        var ended = Assert.Single(_services.GetRequiredService<SessionStore>().Read());
        Assert.Equal(_clock.GetUtcNow(), ended.EndedAt);
        Assert.Contains("Maintenance.", ended.Reason, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_refused_symbol_stays_wanted_for_the_next_session()
    {
        await using var test = await ConnectAsync("BTC/XXX");
        await test.ReceiveAsync("""
            {"error":"Currency pair not supported BTC/XXX","method":"subscribe","success":false,"symbol":"BTC/XXX",
             "time_in":"2023-09-25T09:04:31.742599Z","time_out":"2023-09-25T09:04:31.742648Z"}
            """);

        Assert.Equal(["BTC/XXX"], test.State.Wanted);
        Assert.Empty(test.State.Active);
    }

    [Fact]
    public async Task A_symbol_that_is_unsubscribed_from_is_removed_with_its_price()
    {
        await using var test = await ConnectAsync("ALGO/USD");
        await ConfirmAsync(test, "subscribe", "ALGO/USD");
        _prices.Write(new KrakenTicker { Symbol = "ALGO/USD", Last = 1 });

        var call = await test.CallAsync(new Unsubscribe("ALGO/USD"));
        await test.ReceiveAsync("""{"method":"unsubscribe","result":{"channel":"ticker","symbol":"ALGO/USD"},"success":true,"req_id":1}""");

        Assert.True(await call.ReplyAsync());
        Assert.Empty(test.State.Wanted);
        Assert.Empty(test.State.Active);
        Assert.Null(_prices.Find("ALGO/USD"));
    }

    [Theory]
    [InlineData("snapshot")]
    [InlineData("update")]
    public async Task A_price_goes_to_the_board(string type)
    {
        await using var test = await ConnectAsync("ALGO/USD");
        await ConfirmAsync(test, "subscribe", "ALGO/USD");
        var before = test.State;
        await test.ReceiveAsync($$"""
            {"channel":"ticker","type":"{{type}}","data":[{"symbol":"ALGO/USD","bid":0.10025,"bid_qty":740.0,"ask":0.10036,"ask_qty":1361.44813783,
             "last":0.10035,"volume":997038.98383185,"vwap":0.10148,"low":0.09979,"high":0.10285,"change":-0.00017,"change_pct":-0.17,
             "timestamp":"2023-09-25T09:04:31.742599Z"}]}
            """);

        Assert.Same(before, test.State);
        var price = _prices.Find("ALGO/USD");
        Assert.NotNull(price);
        Assert.True(price.IsLive);
        Assert.Equal(_clock.GetUtcNow(), price.ReceivedAt);
        Assert.Equal((0.10035m, 0.10025m, 0.10036m, -0.17m), (price.Ticker.Last, price.Ticker.Bid, price.Ticker.Ask, price.Ticker.ChangePct));
    }

    [Fact]
    public async Task The_exchange_is_pinged_as_often_as_the_settings_specify()
    {
        await using var test = await ConnectAsync();
        for (var id = 1; id <= 3; id++)
        {
            await test.AdvanceAsync(TimeSpan.FromSeconds(15));
            Assert.Equal($$"""{"method":"ping","req_id":{{id}}}""", test.SentTexts[^1]);
            await test.ReceiveAsync($$"""{"method":"pong","req_id":{{id}},"time_in":"2023-09-24T14:10:23.799685Z"}""");
        }

        Assert.Equal(3, test.Sent.Count);
        Assert.True(test.IsReady);
    }

    [Fact]
    public async Task An_exchange_that_does_not_answer_a_ping_is_left()
    {
        await using var test = await ConnectAsync();
        await test.AdvanceAsync(TimeSpan.FromSeconds(30));

        Assert.Equal(new LateTestClose(LateCloseCode.NormalClosure, "The exchange did not answer a ping."), test.Closed);
        Assert.True(test.Outcome?.ShouldReconnect);
    }

    [Fact]
    public async Task A_pong_answers_the_last_ping_only()
    {
        await using var test = await ConnectAsync();
        await test.AdvanceAsync(TimeSpan.FromSeconds(15));
        await test.ReceiveAsync("""{"method":"pong","req_id":1,"time_in":"2023-09-24T14:10:23.799685Z"}""");
        await test.AdvanceAsync(TimeSpan.FromSeconds(15));
        await test.ReceiveAsync("""{"method":"pong","req_id":1,"time_in":"2023-09-24T14:10:23.799685Z"}""");
        Assert.True(test.State.AwaitsPong);

        await test.ReceiveAsync("""{"method":"pong","req_id":2,"time_in":"2023-09-24T14:10:23.799685Z"}""");
        Assert.False(test.State.AwaitsPong);
    }

    [Theory]
    [InlineData("""{"channel":"heartbeat"}""")]
    [InlineData("""{"channel":"status","type":"update","data":[{"api_version":"v2","connection_id":13834774380200032777,"system":"online","version":"2.0.0"}]}""")]
    [InlineData("""{"channel":"trade","type":"update","data":[{"symbol":"ALGO/USD","side":"buy"}]}""")]
    public async Task Anything_else_changes_nothing(string message)
    {
        await using var test = await ConnectAsync("ALGO/USD");
        await ConfirmAsync(test, "subscribe", "ALGO/USD");
        var before = test.State;
        await test.ReceiveAsync(message);

        Assert.Same(before, test.State);
        Assert.Single(test.Sent);
    }

    [Fact]
    public async Task The_end_of_a_session_keeps_what_is_wanted_and_marks_the_prices()
    {
        await using var test = await ConnectAsync("ALGO/USD");
        await ConfirmAsync(test, "subscribe", "ALGO/USD");
        _prices.Write(new KrakenTicker { Symbol = "ALGO/USD", Last = 1 });
        await test.DisconnectAsync();

        Assert.Equal(["ALGO/USD"], test.State.Wanted);
        Assert.Empty(test.State.Active);
        Assert.False(_prices.Find("ALGO/USD")!.IsLive);
    }

    [Fact]
    public async Task The_next_session_subscribes_again_to_what_was_added()
    {
        await using var test = await ConnectAsync("BTC/USD");
        await test.CallAsync(new Subscribe("ALGO/USD"));
        await ConfirmAsync(test, "subscribe", "ALGO/USD", id: 1);
        await test.DisconnectAsync(LateCloseCode.GoingAway);
        test.ClearSent();
        await test.ConnectAsync();

        Assert.Equal(["""{"method":"subscribe","params":{"channel":"ticker","symbol":["ALGO/USD","BTC/USD"]}}"""], test.SentTexts);
    }

    private static Task ConfirmAsync(LateHandlerTest<TickerHandler> test, string method, string symbol, int? id = null)
    {
        var answer = new KrakenMessage { Method = method, Success = true, Result = new KrakenResult("ticker", symbol), ReqId = id };
        return test.ReceiveAsync(LateFrame.Json(answer, KrakenJson.Default.KrakenMessage));
    }

    private Task<LateHandlerTest<TickerHandler>> ConnectAsync(params string[] symbols)
    {
        var settings = new TickerSettings();
        foreach (var symbol in symbols)
        {
            settings.Symbols.Add(symbol);
        }

        return LateHandlerTest.ConnectAsync<TickerHandler>(
            self => new TickerHandler(self, _prices, Options.Create(settings), NullLogger<TickerHandler>.Instance), clock: _clock, services: _services);
    }
}
