using Late.Hosting;
using WorkerSample.Operations;

namespace WorkerSample.Feed;

/// <summary>Points a connection without an address to the feed that this application hosts.</summary>
public static class OwnFeed
{
    public static ILateConnectionBuilder UseOwnFeedByDefault(this ILateConnectionBuilder connection)
    {
        connection.Services.AddOptions<LateConnectionOptions>(connection.Name).Validate(
            static options => options.Uri is not null || options.Startup == LateStartupMode.Background,
            $"Late:{connection.Name}:Startup needs an address unless it is Background: the application's own feed listens only when the host has started. Set Late:{connection.Name}:Uri, or remove Startup.");

        // The address is asked for before every attempt, so this works with any --urls, and with port 0.
        return connection.ConfigureHandshake(static async (context, cancellationToken) =>
            context.Uri ??= await AddressAsync(context.Services, cancellationToken));
    }

    private static async Task<Uri> AddressAsync(IServiceProvider services, CancellationToken cancellationToken)
    {
        // Connections start with the host, a little before the web server listens.
        await StartedAsync(services.GetRequiredService<IHostApplicationLifetime>(), cancellationToken);
        return OwnAddress.Of(services, FeedExtensions.Path) is { } address
            ? new UriBuilder(address) { Scheme = address.Scheme == "https" ? "wss" : "ws" }.Uri
            : throw new InvalidOperationException("The web server has no address. Set Late:Ticker:Uri.");
    }

    private static async Task StartedAsync(IHostApplicationLifetime lifetime, CancellationToken cancellationToken)
    {
        var started = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        using var registration = lifetime.ApplicationStarted.Register(started.SetResult);
        await started.Task.WaitAsync(cancellationToken);
    }
}
