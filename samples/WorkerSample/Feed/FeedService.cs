using WorkerSample.Operations;

namespace WorkerSample.Feed;

/// <summary>The feed as a service of its own: the same program, with the setting <c>Feed:Only</c>.</summary>
internal static class FeedService
{
    public static bool IsWanted(IConfiguration configuration) => configuration.GetValue<bool>("Feed:Only");

    public static async Task<int> RunAsync(WebApplicationBuilder builder)
    {
        builder.Services.AddProblemDetails();
        builder.Services.AddHealthChecks();
        builder.Services.AddSingleton(TimeProvider.System);
        builder.Services.AddFeed();

        var app = builder.Build();
        app.UseWebSockets();
        app.MapHealth();
        app.MapFeed();
        await app.RunAsync();
        return 0;
    }
}
