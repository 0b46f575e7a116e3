using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;

namespace Late.Hosting.Dashboard.Tests.Support;

/// <summary>An application with a thousand connections, most of them well, to a feed of its own.</summary>
internal static class Crowd
{
    public const int Size = 1000;
    public const int Gone = 3;
    public const int Away = 9;

    private static readonly string[] Regions = ["eu-west", "us-east", "ap-south", "sa-east"];

    public static Task<DashboardApp> StartAsync() => DashboardApp.StartAsync(Add, static application =>
    {
        application.MapLateDashboard();
        application.MapFeed();
    });

    private static void Add(IServiceCollection services)
    {
        for (var i = 0; i < Size; i++)
        {
            var path = i % 317 == 0 && i / 317 < Gone ? "/gone" : i % 101 == 100 && i / 101 < Away ? "/away" : "/feed";
            services.AddLateConnection<QuietHandler>($"{Regions[i % Regions.Length]}-{i / Regions.Length + 1}").ToOwn(path);
        }
    }
}
