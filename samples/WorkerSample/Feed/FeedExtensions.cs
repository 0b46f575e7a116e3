using System.ComponentModel.DataAnnotations;
using System.Globalization;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;
using Microsoft.Net.Http.Headers;

namespace WorkerSample.Feed;

/// <summary>Hosts a feed inside this application.</summary>
public static class FeedExtensions
{
    /// <summary>Where the feed's WebSocket is.</summary>
    public const string Path = "/feed/v2";

    public static IServiceCollection AddFeed(this IServiceCollection services)
    {
        services.AddOptions<FeedSettings>().BindConfiguration("Feed").ValidateDataAnnotations().ValidateOnStart();
        services.AddSingleton<Market>();
        services.AddSingleton<FeedServer>();
        services.AddHostedService(static provider => provider.GetRequiredService<FeedServer>());

        // The web server waits for its requests before the connection is stopped, and the connection to our own feed is
        // such a request: it would wait for itself. With a feed elsewhere leave this out; then requests end first.
        services.Configure<HostOptions>(static host => host.ServicesStopConcurrently = true);
        return services;
    }

    public static void MapFeed(this IEndpointRouteBuilder endpoints)
    {
        endpoints.MapGet(Path, AcceptAsync);
        endpoints.MapPost("/feed/drop", Drop);
    }

    private static async Task AcceptAsync(HttpContext context, FeedServer feed, IProblemDetailsService problems)
    {
        if (!context.WebSockets.IsWebSocketRequest)
        {
            context.Response.StatusCode = StatusCodes.Status426UpgradeRequired;
        }
        else if (feed.AwayFor is { Ticks: > 0 } awayFor)
        {
            context.Response.StatusCode = StatusCodes.Status503ServiceUnavailable;
            context.Response.Headers[HeaderNames.RetryAfter] = Math.Ceiling(awayFor.TotalSeconds).ToString(CultureInfo.InvariantCulture);
        }
        else
        {
            using var socket = await context.WebSockets.AcceptWebSocketAsync();
            await feed.RunSessionAsync(socket, context.RequestAborted);
        }
    }

    // POST /feed/drop?seconds=5 also keeps the feed away for five seconds.
    private static Results<Ok<Dropped>, ProblemHttpResult> Drop(FeedServer feed, [FromQuery, Range(0, 3600)] int seconds = 0) =>
        seconds is < 0 or > 3600
            ? TypedResults.Problem("Give 0 to 3600 seconds.", statusCode: StatusCodes.Status400BadRequest)
            : TypedResults.Ok(new Dropped(feed.DropAll(TimeSpan.FromSeconds(seconds)), seconds));
}
