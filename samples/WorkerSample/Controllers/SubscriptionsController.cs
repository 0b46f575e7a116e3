using Late.Hosting;
using Microsoft.AspNetCore.Mvc;
using WorkerSample.Ticker;

namespace WorkerSample.Controllers;

/// <summary>Subscribes and unsubscribes. Answers when the exchange has answered.</summary>
[ApiController]
[Route("subscriptions")]
public sealed class SubscriptionsController(ILateClient<TickerHandler> ticker) : ControllerBase
{
    [HttpPost("{pair}")]
    public async Task<ActionResult<Subscription>> Subscribe([Pair] string pair, CancellationToken cancellationToken)
    {
        var subscription = await ticker.CallAsync(new Subscribe(PairAttribute.ToSymbol(pair)), cancellationToken);
        return subscription.IsNew ? Created($"/prices/{pair.ToUpperInvariant()}", subscription) : subscription;
    }

    [HttpDelete("{pair}")]
    public async Task<IActionResult> Unsubscribe([Pair] string pair, CancellationToken cancellationToken)
    {
        var symbol = PairAttribute.ToSymbol(pair);
        return await ticker.CallAsync(new Unsubscribe(symbol), cancellationToken)
            ? NoContent()
            : Problem($"There is no subscription to {symbol}.", statusCode: StatusCodes.Status404NotFound);
    }
}
