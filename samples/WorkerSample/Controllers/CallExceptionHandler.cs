using Late.Hosting;
using Microsoft.AspNetCore.Diagnostics;
using Microsoft.AspNetCore.Mvc;
using WorkerSample.Ticker;

namespace WorkerSample.Controllers;

/// <summary>
/// Maps what <c>CallAsync</c> throws to an answer: what the exchange refuses is the client's to correct (422), a request that the
/// exchange may have received is not simply repeated (504), and one that it has not can be repeated later (503). Anything else is a
/// bug, and stays a 500.
/// </summary>
public sealed class CallExceptionHandler(FeedAway feedAway, IProblemDetailsService problems) : IExceptionHandler
{
    public async ValueTask<bool> TryHandleAsync(HttpContext httpContext, Exception exception, CancellationToken cancellationToken)
    {
        var problem = exception switch
        {
            RefusedException => new ProblemDetails
            {
                Status = StatusCodes.Status422UnprocessableEntity,
                Title = "The exchange refused the request.",
                Detail = exception.Message,
            },
            LateException { Delivery: LateDelivery.Unknown } or LateCallTimeoutException { Delivery: LateDelivery.Unknown } => new ProblemDetails
            {
                Status = StatusCodes.Status504GatewayTimeout,
                Title = "The exchange did not answer.",
                Detail = exception.Message,
            },
            LateException or LateCallTimeoutException => feedAway.Describe(httpContext.Response, exception.Message),
            _ => null,
        };
        if (problem is null)
        {
            return false;
        }

        httpContext.Response.StatusCode = problem.Status!.Value;
        return await problems.TryWriteAsync(new ProblemDetailsContext { HttpContext = httpContext, Exception = exception, ProblemDetails = problem });
    }
}
