using Late.Hosting;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using Microsoft.Extensions.Time.Testing;
using WorkerSample.Kraken;
using WorkerSample.Ticker;

namespace WorkerSample.Tests;

/// <summary>The handler reads the exchange's messages as they stand in its documentation.</summary>
public sealed class TickerHandlerTests
{
    private readonly PriceBoard _prices = new(new FakeTimeProvider());
    private readonly TickerHandler _handler;

    // Nothing here is sent to the exchange, so the handler needs no connection.
    public TickerHandlerTests() =>
        _handler = new TickerHandler(null!, _prices, Options.Create(new TickerSettings()), NullLogger<TickerHandler>.Instance);

    [Fact]
    public async Task A_confirmed_symbol_is_wanted_and_active()
    {
        var state = await ReceiveAsync(new TickerState(), """
            {"method":"subscribe","result":{"channel":"ticker","event_trigger":"trades","snapshot":true,"symbol":"ALGO/USD"},"success":true,
             "time_in":"2023-09-25T09:04:31.742599Z","time_out":"2023-09-25T09:04:31.742648Z","req_id":7}
            """);

        Assert.Equal(["ALGO/USD"], state.Wanted);
        Assert.Equal(["ALGO/USD"], state.Active);
    }

    [Fact]
    public async Task A_refused_symbol_stays_wanted_for_the_next_session()
    {
        var state = await ReceiveAsync(new TickerState { Wanted = ["BTC/XXX"] }, """
            {"error":"Currency pair not supported BTC/XXX","method":"subscribe","success":false,"symbol":"BTC/XXX",
             "time_in":"2023-09-25T09:04:31.742599Z","time_out":"2023-09-25T09:04:31.742648Z"}
            """);

        Assert.Equal(["BTC/XXX"], state.Wanted);
        Assert.Empty(state.Active);
    }

    [Fact]
    public async Task A_symbol_that_is_unsubscribed_from_is_forgotten_with_its_price()
    {
        _prices.Write(new KrakenTicker { Symbol = "ALGO/USD", Last = 1 });

        var state = await ReceiveAsync(new TickerState().With("ALGO/USD"), """
            {"method":"unsubscribe","result":{"channel":"ticker","symbol":"ALGO/USD"},"success":true,"req_id":8}
            """);

        Assert.Empty(state.Wanted);
        Assert.Empty(state.Active);
        Assert.Null(_prices.Find("ALGO/USD"));
    }

    [Theory]
    [InlineData("snapshot")]
    [InlineData("update")]
    public async Task A_price_goes_to_the_board(string type)
    {
        var before = new TickerState().With("ALGO/USD");

        var after = await ReceiveAsync(before, $$"""
            {"channel":"ticker","type":"{{type}}","data":[{"symbol":"ALGO/USD","bid":0.10025,"bid_qty":740.0,"ask":0.10036,"ask_qty":1361.44813783,
             "last":0.10035,"volume":997038.98383185,"vwap":0.10148,"low":0.09979,"high":0.10285,"change":-0.00017,"change_pct":-0.17,
             "timestamp":"2023-09-25T09:04:31.742599Z"}]}
            """);

        Assert.Same(before, after);
        var price = _prices.Find("ALGO/USD");
        Assert.NotNull(price);
        Assert.True(price.IsLive);
        Assert.Equal((0.10035m, 0.10025m, 0.10036m, -0.17m), (price.Ticker.Last, price.Ticker.Bid, price.Ticker.Ask, price.Ticker.ChangePct));
    }

    [Fact]
    public async Task A_pong_answers_the_last_ping_only()
    {
        var waiting = new TickerState { LastPing = 2, AwaitsPong = true };

        Assert.True((await ReceiveAsync(waiting, """{"method":"pong","req_id":1,"time_in":"2023-09-24T14:10:23.799685Z"}""")).AwaitsPong);
        Assert.False((await ReceiveAsync(waiting, """{"method":"pong","req_id":2,"time_in":"2023-09-24T14:10:23.799685Z"}""")).AwaitsPong);
    }

    [Theory]
    [InlineData("""{"channel":"heartbeat"}""")]
    [InlineData("""{"channel":"status","type":"update","data":[{"api_version":"v2","connection_id":13834774380200032777,"system":"online","version":"2.0.0"}]}""")]
    [InlineData("""{"channel":"trade","type":"update","data":[{"symbol":"ALGO/USD","side":"buy"}]}""")]
    public async Task Anything_else_changes_nothing(string message)
    {
        var state = new TickerState().With("ALGO/USD");

        Assert.Same(state, await ReceiveAsync(state, message));
    }

    [Fact]
    public async Task The_end_of_a_session_keeps_what_is_wanted_and_marks_the_prices()
    {
        _prices.Write(new KrakenTicker { Symbol = "ALGO/USD", Last = 1 });
        var disconnect = new LateDisconnect { Reason = LateDisconnectReason.ConnectionLost, Description = "It broke." };

        var result = await _handler.HandleDisconnectAsync(disconnect, new TickerState().With("ALGO/USD"), TestContext.Current.CancellationToken);

        Assert.Equal(["ALGO/USD"], result.State.Wanted);
        Assert.Empty(result.State.Active);
        Assert.False(_prices.Find("ALGO/USD")!.IsLive);
    }

    [Fact]
    public void Requests_are_written_as_the_exchange_documents_them()
    {
        var subscribe = new KrakenRequest("subscribe", new KrakenParams("ticker", ["BTC/USD"]), 1);

        Assert.Equal(
            """{"method":"subscribe","params":{"channel":"ticker","symbol":["BTC/USD"]},"req_id":1}""",
            LateFrame.Json(subscribe, KrakenJson.Default.KrakenRequest).GetText());
        Assert.Equal(
            """{"method":"ping","req_id":101}""",
            LateFrame.Json(new KrakenRequest("ping", ReqId: 101), KrakenJson.Default.KrakenRequest).GetText());
    }

    private async Task<TickerState> ReceiveAsync(TickerState state, string message) =>
        (await _handler.HandleInAsync(LateFrame.Text(message), state, TestContext.Current.CancellationToken)).State;
}
