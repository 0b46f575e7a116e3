using System.Net.ServerSentEvents;
using System.Runtime.CompilerServices;
using Late.Hosting;
using Microsoft.AspNetCore.Mvc;
using WorkerSample.Kraken;
using WorkerSample.Ticker;

namespace WorkerSample.Controllers;

/// <summary>
/// The prices as they come, from one subscription at the exchange for all requests. A request that reads slowly gets the latest price, and delays
/// neither the others nor the feed; one that ends leaves its topic.
/// </summary>
[ApiController]
[Route("stream")]
public sealed class StreamController(ILateClient<TickerHandler> ticker) : ControllerBase
{
    private static readonly LateSubscribeOptions s_latest = new() { WhenFull = LateWhenFull.KeepLatest, OnGap = LateOnGap.Continue, WhenNotReady = LateWhenNotReady.Wait };

    /// <summary>Server-sent events, for a page: prices, and where the feed was away between them.</summary>
    [HttpGet("{pair}")]
    public async Task<IResult> GetEvents([Pair] string pair, CancellationToken cancellationToken)
    {
        var quotes = await ticker.SubscribeAsync(new Quotes(PairAttribute.ToSymbol(pair)), s_latest, cancellationToken);
        Response.RegisterForDisposeAsync(quotes);
        return TypedResults.ServerSentEvents(quotes.ReadEventsAsync(cancellationToken).Select(ToEvent));
    }

    /// <summary>The next prices as a JSON array, one by one, for another service.</summary>
    [HttpGet("{pair}/next")]
    public async IAsyncEnumerable<decimal> GetNext([Pair] string pair, [EnumeratorCancellation] CancellationToken cancellationToken, int count = 10)
    {
        await using var quotes = await ticker.SubscribeAsync(new Quotes(PairAttribute.ToSymbol(pair)), s_latest, cancellationToken);
        await foreach (var quote in quotes.ReadAllAsync(cancellationToken).Take(count))
        {
            yield return quote.Last;
        }
    }

    private static SseItem<decimal?> ToEvent(LateSubscriptionEvent<KrakenTicker> next) => new(
        next.Kind switch
        {
            LateSubscriptionEventKind.Item => next.Item.Last,
            LateSubscriptionEventKind.Dropped => next.Dropped,
            _ => null,
        },
        $"{next.Kind}");
}
