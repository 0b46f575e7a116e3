using Microsoft.AspNetCore.Diagnostics.HealthChecks;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace WorkerSample.Operations;

/// <summary>
/// <c>/health/live</c> reports that the process is well, <c>/health/ready</c> that it can do its work: a feed that is away for
/// longer than the grace period takes the application out of rotation, and restarts nothing.
/// </summary>
internal static class Health
{
    private const string Path = "/health";

    public static IServiceCollection AddHealth(this IServiceCollection services, IConfiguration configuration)
    {
        services.AddHealthChecks().AddLateConnections(options =>
            options.GracePeriod = configuration.GetValue("Health:GracePeriod", options.GracePeriod));
        return services;
    }

    public static void MapHealth(this IEndpointRouteBuilder endpoints)
    {
        Map("live");
        Map("ready");

        void Map(string tag) => endpoints.MapHealthChecks($"{Path}/{tag}", new HealthCheckOptions
        {
            Predicate = check => check.Tags.Contains(tag),
            ResponseWriter = WriteAsync,
        });
    }

    /// <summary>
    /// Asks a running application how it is, for a container's health check: its image has no curl and no shell.
    /// <c>dotnet WorkerSample.dll --health http://localhost:8080/health/live</c>
    /// </summary>
    /// <returns>The exit code: 0 where it is well.</returns>
    public static async Task<int> AskAsync(Uri address)
    {
        using var http = new HttpClient { Timeout = TimeSpan.FromSeconds(5) };
        try
        {
            using var answer = await http.GetAsync(address);
            Console.WriteLine(await answer.Content.ReadAsStringAsync());
            return answer.IsSuccessStatusCode ? 0 : 1;
        }
        catch (Exception exception) when (exception is HttpRequestException or OperationCanceledException)
        {
            Console.WriteLine(exception.Message);
            return 1;
        }
    }

    // The word that probes look for, and for people a line about each connection.
    private static Task WriteAsync(HttpContext context, HealthReport report) =>
        context.Response.WriteAsync(string.Join('\n', report.Entries.Select(static entry => entry.Value.Description).Prepend($"{report.Status}")));
}
