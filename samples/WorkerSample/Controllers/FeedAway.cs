using System.Globalization;
using Late.Hosting;
using Microsoft.AspNetCore.Mvc;
using Microsoft.Net.Http.Headers;
using WorkerSample.Ticker;

namespace WorkerSample.Controllers;

/// <summary>The answer while the feed is away: 503 with problem details, and <c>Retry-After</c> where waiting helps.</summary>
public sealed class FeedAway(ILateClient<TickerHandler> ticker, TimeProvider time)
{
    public ProblemDetails Describe(HttpResponse response, string detail)
    {
        var status = ticker.Status;
        if (status.State is not (LateConnectionState.Faulted or LateConnectionState.Stopping or LateConnectionState.Stopped))
        {
            response.Headers[HeaderNames.RetryAfter] = SecondsToWait(status).ToString(CultureInfo.InvariantCulture);
        }

        return new ProblemDetails
        {
            Status = StatusCodes.Status503ServiceUnavailable,
            Title = "The feed is away.",
            Detail = detail,
            Extensions = { ["connection"] = ConnectionView.Of(ticker) },
        };
    }

    // Until the next attempt and a little more, in whole seconds (RFC 9110 §10.2.3).
    private double SecondsToWait(LateConnectionStatus status) =>
        status.NextAttemptAt is { } next ? Math.Max(1, Math.Ceiling((next - time.GetUtcNow()).TotalSeconds)) : 1;
}
