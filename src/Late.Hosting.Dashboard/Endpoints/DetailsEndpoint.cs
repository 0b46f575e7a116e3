using System.Globalization;
using Late.Hosting.Dashboard.Sampling;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Late.Hosting.Dashboard.Endpoints;

/// <summary>What the page asks for when somebody opens a connection's details.</summary>
internal sealed class DetailsEndpoint(Sampler sampler)
{
    public async Task InvokeAsync(HttpContext context)
    {
        SecurityHeaders.Add(context.Response.Headers);
        context.Response.Headers.CacheControl = "no-store";
        var id = int.Parse((string)context.GetRouteValue("id")!, CultureInfo.InvariantCulture);
        if (sampler.FindDetails(id) is { } details)
        {
            await context.Response.WriteAsJsonAsync(details, DashboardJson.Default.ConnectionDetails, cancellationToken: context.RequestAborted).ConfigureAwait(false);
        }
        else
        {
            context.Response.StatusCode = StatusCodes.Status404NotFound;
        }
    }
}
