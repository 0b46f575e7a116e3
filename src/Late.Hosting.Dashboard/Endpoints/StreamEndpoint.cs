using Late.Hosting.Dashboard.Sampling;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.Hosting;

namespace Late.Hosting.Dashboard.Endpoints;

/// <summary>
/// Server-sent events: a snapshot of everything, then what has changed, once a second, until the page or the application
/// ends.
/// </summary>
internal sealed class StreamEndpoint(Sampler sampler, IHostApplicationLifetime lifetime)
{
    public async Task InvokeAsync(HttpContext context)
    {
        var headers = context.Response.Headers;
        SecurityHeaders.Add(headers);
        headers.ContentType = "text/event-stream";
        headers.CacheControl = "no-store, no-transform";
        headers["X-Accel-Buffering"] = "no"; // A proxy must not keep events back.
        if (HttpMethods.IsHead(context.Request.Method))
        {
            return;
        }

        context.Features.Get<IHttpResponseBodyFeature>()?.DisableBuffering();

        // The web server waits for its requests when it stops, and this one would not end by itself.
        using var ended = CancellationTokenSource.CreateLinkedTokenSource(context.RequestAborted, lifetime.ApplicationStopping);
        using var viewer = sampler.Join();
        try
        {
            await foreach (var message in viewer.Messages.ReadAllAsync(ended.Token).ConfigureAwait(false))
            {
                await context.Response.BodyWriter.WriteAsync(message, ended.Token).ConfigureAwait(false);
            }
        }
        catch (OperationCanceledException) when (ended.IsCancellationRequested)
        {
            // The page was closed.
        }
    }
}
