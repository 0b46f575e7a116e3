using Late.Hosting;
using Microsoft.AspNetCore.Mvc;
using WorkerSample.Ticker;

namespace WorkerSample.Controllers;

/// <summary>
/// The last known prices. While the feed is away they are still served, with their age and <c>isLive: false</c>: an old
/// price that is marked as old is worth more than an error. Only where nothing is known is the answer 503.
/// </summary>
[ApiController]
[Route("prices")]
public sealed class PricesController(ILateClient<TickerHandler> ticker, PriceBoard prices, FeedAway feedAway, TimeProvider time) : ControllerBase
{
    [HttpGet]
    public ActionResult<IEnumerable<PriceView>> GetAll()
    {
        var all = prices.All;
        return all.Count == 0 && IsAway
            ? Away()
            : Ok(all.Select(price => PriceView.Of(price, time.GetUtcNow())));
    }

    [HttpGet("{pair}")]
    public ActionResult<PriceView> Get([Pair] string pair)
    {
        var symbol = PairAttribute.ToSymbol(pair);
        if (prices.Find(symbol) is { } price)
        {
            return PriceView.Of(price, time.GetUtcNow());
        }

        return IsAway
            ? Away()
            : Problem($"There is no price of {symbol}. Subscribe to it with POST /subscriptions/{pair}.", statusCode: StatusCodes.Status404NotFound);
    }

    private bool IsAway => ticker.State != LateConnectionState.Ready;

    private ObjectResult Away()
    {
        var problem = feedAway.Describe(Response, "No price is known yet.");
        return StatusCode(problem.Status!.Value, problem);
    }
}
