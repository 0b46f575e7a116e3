using Late.Hosting;
using Microsoft.AspNetCore.Mvc.Testing;
using Microsoft.Extensions.DependencyInjection;
using WorkerSample.Ticker;

namespace WorkerSample.Tests;

/// <summary>The sample, as <c>dotnet run</c> starts it, on a free port: connected to the feed that it hosts itself.</summary>
public sealed class OwnFeedApplication : WebApplicationFactory<Program>
{
    public OwnFeedApplication() => UseKestrel(0);

    public ILateClient<TickerHandler> Ticker => Services.GetRequiredService<ILateClient<TickerHandler>>();

    public PriceBoard Prices => Services.GetRequiredService<PriceBoard>();

    /// <summary>Starts it, and waits until it is connected to its own feed.</summary>
    public async Task<HttpClient> StartAsync(CancellationToken cancellationToken)
    {
        StartServer();
        await Ticker.WaitForReadyAsync(cancellationToken);
        return CreateClient();
    }
}
