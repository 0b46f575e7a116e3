using Late.Hosting;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Mvc.Testing;
using Microsoft.AspNetCore.TestHost;
using Microsoft.Extensions.DependencyInjection;
using WorkerSample.Ticker;

namespace WorkerSample.Tests;

/// <summary>The sample with its own feed, as <c>dotnet run</c> starts it, on a free port.</summary>
public sealed class OwnFeedApplication : WebApplicationFactory<Program>
{
    private readonly TimeProvider? _clock;
    private readonly (string Key, string Value)[] _settings;

    public OwnFeedApplication(TimeProvider? clock = null, params (string Key, string Value)[] settings)
    {
        (_clock, _settings) = (clock, settings);
        UseKestrel();
    }

    public ILateClient<TickerHandler> Ticker => Services.GetRequiredService<ILateClient<TickerHandler>>();

    public PriceBoard Prices => Services.GetRequiredService<PriceBoard>();

    /// <summary>Starts it, and waits until it is connected to its own feed.</summary>
    public async Task<HttpClient> StartAsync(CancellationToken cancellationToken)
    {
        StartServer();
        await Ticker.WaitForReadyAsync(cancellationToken);
        return CreateClient();
    }

    protected override void ConfigureWebHost(IWebHostBuilder builder)
    {
        // Not by UseKestrel(0): it sets the address while the application may already start, which fails (dotnet/aspnetcore#67714).
        builder.UseUrls("http://127.0.0.1:0");
        foreach (var (key, value) in _settings)
        {
            builder.UseSetting(key, value);
        }

        if (_clock is not null)
        {
            builder.ConfigureTestServices(services => services.AddSingleton(_clock));
        }
    }
}
