using Late.Hosting;
using Microsoft.AspNetCore.Diagnostics;
using Microsoft.AspNetCore.Mvc;
using WorkerSample.Ticker;

namespace WorkerSample.Controllers;

/// <summary>
/// Turns what <c>CallAsync</c> throws into an answer: what the exchange refuses is the client's to mend (422), a feed that
/// is away comes back (503). Anything else is a bug, and stays a 500.
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
