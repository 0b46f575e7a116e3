using System.Text.Json;
using WorkerSample.Kraken;

namespace WorkerSample.Feed;

/// <summary>What the feed sends, in the format of the exchange.</summary>
internal static class FeedMessages
{
    public static KrakenMessage Online { get; } = new()
    {
        Channel = "status",
        Type = "update",
        Data = JsonSerializer.SerializeToElement([new KrakenStatus { System = "online", ApiVersion = "v2" }], KrakenJson.Default.KrakenStatusArray),
    };

    public static KrakenMessage Heartbeat { get; } = new() { Channel = "heartbeat" };

    public static KrakenMessage Prices(string type, KrakenTicker ticker) => new()
    {
        Channel = "ticker",
        Type = type,
        Data = JsonSerializer.SerializeToElement([ticker], KrakenJson.Default.KrakenTickerArray),
    };

    public static KrakenMessage Done(KrakenRequest request, string symbol) => new()
    {
        Method = request.Method,
        ReqId = request.ReqId,
        Success = true,
        Result = new KrakenResult("ticker", symbol, request.Method == "subscribe" ? true : null),
    };

    public static KrakenMessage Error(KrakenRequest request, string error, string? symbol = null) => new()
    {
        Method = request.Method,
        ReqId = request.ReqId,
        Success = false,
        Error = error,
        Symbol = symbol,
    };

    public static KrakenMessage Pong(KrakenRequest request) => new() { Method = "pong", ReqId = request.ReqId };
}
