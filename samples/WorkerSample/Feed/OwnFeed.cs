using System.Net;
using Late.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;

namespace WorkerSample.Feed;

/// <summary>Points a connection without an address to the feed that this application hosts.</summary>
public static class OwnFeed
{
    public static ILateConnectionBuilder UseOwnFeedByDefault(this ILateConnectionBuilder connection)
    {
        connection.Services.AddOptions<LateConnectionOptions>(connection.Name).Validate(
            static options => options.Uri is not null || options.Startup == LateStartupMode.Background,
            $"Late:{connection.Name}:Startup is Background where Late:{connection.Name}:Uri is not set: the application's own feed listens only when the host has started.");

        // The address is asked for before every attempt, so this works with any --urls, and with port 0.
        return connection.ConfigureHandshake(static async (context, cancellationToken) =>
            context.Uri ??= await AddressAsync(context.Services, cancellationToken));
    }

    private static async Task<Uri> AddressAsync(IServiceProvider services, CancellationToken cancellationToken)
    {
        // Connections start with the host, a little before the web server listens.
        await StartedAsync(services.GetRequiredService<IHostApplicationLifetime>(), cancellationToken);
        var addresses = services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()?.Addresses ?? [];
        var address = addresses.Select(BindingAddress.Parse).OrderBy(static address => address.Scheme == "https").FirstOrDefault()
            ?? throw new InvalidOperationException("The web server has no address. Set Late:Ticker:Uri.");
        return new UriBuilder
        {
            Scheme = address.Scheme == "https" ? "wss" : "ws",
            Host = IsLocal(address.Host) ? address.Host : "localhost",
            Port = address.Port,
            Path = FeedExtensions.Path,
        }.Uri;
    }

    private static async Task StartedAsync(IHostApplicationLifetime lifetime, CancellationToken cancellationToken)
    {
        var started = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        using var registration = lifetime.ApplicationStarted.Register(started.SetResult);
        await started.Task.WaitAsync(cancellationToken);
    }

    // "*", "+", "0.0.0.0" and "[::]" are all addresses of the machine, and none to connect to.
    private static bool IsLocal(string host) =>
        IPAddress.TryParse(host, out var address)
            ? !address.Equals(IPAddress.Any) && !address.Equals(IPAddress.IPv6Any)
            : host is not ("*" or "+");
}
