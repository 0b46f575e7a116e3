using System.Globalization;
using System.Text.Json;
using Late.Hosting.Dashboard.Sampling;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Late.Hosting.Dashboard.Endpoints;

/// <summary>What the page requests when a connection's details are opened.</summary>
internal sealed class DetailsEndpoint(Sampler sampler)
{
    public async Task InvokeAsync(HttpContext context)
    {
        SecurityHeaders.Add(context.Response.Headers);
        context.Response.Headers.CacheControl = "no-store";
        var id = int.Parse((string)context.GetRouteValue("id")!, CultureInfo.InvariantCulture);
        if (sampler.FindDetails(id) is { } details)
        {
            var content = JsonSerializer.SerializeToUtf8Bytes(details, DashboardJson.Default.ConnectionDetails);
            context.Response.ContentType = "application/json; charset=utf-8";
            context.Response.ContentLength = content.Length; // Known to HEAD too.
            await context.Response.Body.WriteAsync(content, context.RequestAborted).ConfigureAwait(false);
        }
        else
        {
            context.Response.StatusCode = StatusCodes.Status404NotFound;
            context.Response.ContentLength = 0;
        }
    }
}
