using System.Text.Json;
using Late.Hosting;
using Microsoft.Extensions.Options;
using WorkerSample.Kraken;

namespace WorkerSample.Ticker;

/// <summary>
/// Speaks the ticker channel of Kraken's WebSocket API v2. Its callbacks run one at a time, so there is nothing to lock.
/// </summary>
public sealed class TickerHandler(
    ILateClient<TickerHandler> self, PriceBoard prices, IOptions<TickerSettings> settings, ILogger<TickerHandler> logger) :
    LateHandler<TickerState>,
    ILateSyncCallHandler<TickerState, Subscribe, Subscription>,
    ILateSyncCallHandler<TickerState, Unsubscribe, bool>,
    ILateSyncTopicHandler<TickerState, Quotes, KrakenTicker>,
    ILateSyncInfoHandler<TickerState, PingDue>
{
    // Calls that wait for the exchange's answer, under the req_id of their request.
    private readonly LatePendingCalls _pending = new();

    // What readers in this application have subscribed to. The connection subscribes again in every session: nothing of it is state.
    private readonly LateTopics<string, Quotes, KrakenTicker> _quotes = new();
    private LateContext _context = null!;

    public override TickerState Init(LateContext context)
    {
        _context = context;
        return new() { Wanted = [.. settings.Value.Symbols] };
    }

    public override LateResult<TickerState> HandleConnect(LateHandshake handshake, TickerState state)
    {
        self.PostAfter(settings.Value.PingInterval, new PingDue());
        if (state.Wanted.IsEmpty)
        {
            return LateResult.Ok(state);
        }

        // A new session knows nothing of the one before it. No call waits for these answers, so they carry no req_id.
        logger.Subscribing(state.Wanted);
        return LateResult.Send(state, Request("subscribe", state.Wanted));
    }

    public LateResult<TickerState> HandleCall(Subscribe request, LateCall<Subscription> call, TickerState state)
    {
        if (state.Active.Contains(request.Symbol))
        {
            call.Reply(new Subscription(request.Symbol, IsNew: false));
            return LateResult.Ok(state.With(request.Symbol));
        }

        return LateResult.Send(state, Request("subscribe", [request.Symbol], _pending.Add(call)));
    }

    public LateResult<TickerState> HandleCall(Unsubscribe request, LateCall<bool> call, TickerState state)
    {
        if (_quotes.TryGet(request.Symbol, out _))
        {
            // It has readers: they keep it.
            call.Reply(state.Wanted.Contains(request.Symbol));
            return LateResult.Ok(state with { Wanted = state.Wanted.Remove(request.Symbol) });
        }

        if (state.Active.Contains(request.Symbol))
        {
            return LateResult.Send(state, Request("unsubscribe", [request.Symbol], _pending.Add(call)));
        }

        // A symbol that the exchange has refused is wanted and not active: it is wanted no longer.
        call.Reply(state.Wanted.Contains(request.Symbol));
        return LateResult.Ok(state.Without(request.Symbol));
    }

    public LateResult<TickerState> HandleSubscribe(LateTopic<Quotes, KrakenTicker> topic, TickerState state)
    {
        var symbol = topic.Key.Symbol;
        _quotes.Add(symbol, topic);
        return state.Active.Contains(symbol) ? LateResult.Ok(state) : LateResult.Send(state, Request("subscribe", [symbol])).HoldConfirm();
    }

    public LateResult<TickerState> HandleUnsubscribe(Quotes topic, TickerState state) => state.Wanted.Contains(topic.Symbol)
        ? LateResult.Ok(state)
        : LateResult.Send(state.Without(topic.Symbol), Request("unsubscribe", [topic.Symbol]));

    public override LateResult<TickerState> HandleIn(LateFrame frame, TickerState state) =>
        LateResult.Ok(frame.ReadJson(KrakenJson.Default.KrakenMessage) switch
        {
            { Channel: "ticker", Data: { } data } => OnPrices(data, state),
            { Channel: "status", Data: { } data } => OnStatus(data, state),
            { Method: "subscribe" } answer => OnSubscribed(answer, state),
            { Method: "unsubscribe" } answer => OnUnsubscribed(answer, state),
            { Method: "pong" } answer => state with { AwaitsPong = state.AwaitsPong && answer.ReqId != state.LastPing },
            _ => state, // A heartbeat, or something that the exchange has added since.
        });

    public LateResult<TickerState> HandleInfo(PingDue message, TickerState state)
    {
        if (state.AwaitsPong)
        {
            return LateResult.Reconnect(state, "The exchange did not answer a ping.");
        }

        self.PostAfter(settings.Value.PingInterval, message);
        state = state with { LastPing = state.LastPing + 1, AwaitsPong = true };
        return LateResult.Send(state, LateFrame.Json(new KrakenRequest("ping", ReqId: state.LastPing), KrakenJson.Default.KrakenRequest));
    }

    public override LateDisconnectResult<TickerState> HandleDisconnect(LateDisconnect disconnect, TickerState state)
    {
        prices.MarkStale();

        // The handler lives longer than a scope: it takes a scoped service in the callback that needs one.
        _context.CallbackServices.GetRequiredService<SessionJournal>().Add(disconnect.Description);
        return LateDisconnectResult.Ok(state.WithoutSession());
    }

    private TickerState OnPrices(JsonElement data, TickerState state)
    {
        foreach (var ticker in data.Deserialize(KrakenJson.Default.KrakenTickerArray)!)
        {
            prices.Write(ticker);
            _quotes.Publish(ticker.Symbol, ticker);
        }

        return state;
    }

    private TickerState OnStatus(JsonElement data, TickerState state)
    {
        foreach (var status in data.Deserialize(KrakenJson.Default.KrakenStatusArray)!)
        {
            logger.Status(status.System);
        }

        return state;
    }

    private TickerState OnSubscribed(KrakenMessage answer, TickerState state)
    {
        if (answer is { Success: true, Result: { } result })
        {
            _quotes.Confirm(result.Symbol);
            if (answer.ReqId is not { } id)
            {
                return state with { Active = state.Active.Add(result.Symbol) };
            }

            // Also where the call has timed out meanwhile: the prices come all the same.
            _pending.Reply(id, new Subscription(result.Symbol, IsNew: true));
            return state.With(result.Symbol);
        }

        // Two concurrent requests for the same symbol: the second receives an error, and has what it asked for.
        if (answer.Symbol is { } symbol && state.Active.Contains(symbol))
        {
            _quotes.Confirm(symbol);
            _ = answer.ReqId is { } second && _pending.Reply(second, new Subscription(symbol, IsNew: false));
            return state;
        }

        Refused(answer);
        return state;
    }

    private TickerState OnUnsubscribed(KrakenMessage answer, TickerState state)
    {
        if (answer is { Success: true, Result: { } result })
        {
            prices.Remove(result.Symbol);
            _ = answer.ReqId is { } id && _pending.Reply(id, true);
            return state.Without(result.Symbol);
        }

        if (answer.Symbol is { } symbol && !state.Active.Contains(symbol))
        {
            _ = answer.ReqId is { } second && _pending.Reply(second, false);
            return state;
        }

        Refused(answer);
        return state;
    }

    private void Refused(KrakenMessage answer)
    {
        var error = answer.Error ?? "The exchange gave no reason.";
        if (answer.ReqId is { } id)
        {
            _pending.Fail(id, new RefusedException(error));
        }
        else if (answer.Symbol is not { } symbol || !_quotes.Fail(symbol, new RefusedException(error)))
        {
            // Asked for by the settings or after a reconnect. It stays wanted: the next session tries again.
            logger.Refused(answer.Symbol, error);
        }
    }

    private static LateFrame Request(string method, IReadOnlyList<string> symbols, int? id = null) =>
        LateFrame.Json(new KrakenRequest(method, new KrakenParams("ticker", symbols), id), KrakenJson.Default.KrakenRequest);
}
