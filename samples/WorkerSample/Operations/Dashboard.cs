namespace WorkerSample.Operations;

/// <summary>The page of the connections, and a line in the log with its address.</summary>
internal static partial class Dashboard
{
    private const string Path = "/late";

    public static void MapDashboard(this WebApplication app)
    {
        // Where strangers reach it: .RequireAuthorization().
        app.MapLateDashboard(Path);
        app.MapGet("/", static () => TypedResults.LocalRedirect(Path));
        app.Lifetime.ApplicationStarted.Register(() =>
        {
            if (OwnAddress.Of(app.Services, Path) is { } address)
            {
                app.Logger.DashboardIsAt(address);
            }
        });
    }

    [LoggerMessage(LogLevel.Information, "The dashboard is at {Address}")]
    private static partial void DashboardIsAt(this ILogger logger, Uri address);
}
