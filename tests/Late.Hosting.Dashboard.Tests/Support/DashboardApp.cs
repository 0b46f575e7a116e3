using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Late.Hosting.Dashboard.Tests.Support;

/// <summary>A web application with the page and a few connections, on a free port of the loopback.</summary>
internal sealed class DashboardApp : IAsyncDisposable
{
    private readonly WebApplication _application;

    private DashboardApp(WebApplication application) => _application = application;

    public Uri Address => new(_application.Urls.Single());

    public IServiceProvider Services => _application.Services;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    /// <param name="configure">Registers connections and more.</param>
    /// <param name="map">Maps the page; by default at /late.</param>
    public static async Task<DashboardApp> StartAsync(Action<IServiceCollection>? configure = null, Action<WebApplication>? map = null)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        configure?.Invoke(builder.Services);
        var application = builder.Build();
        (map ?? (static application => application.MapLateDashboard()))(application);
        await application.StartAsync(Token);
        return new DashboardApp(application);
    }

    public HttpClient CreateClient() => new() { BaseAddress = Address };

    public Task StopAsync() => _application.StopAsync(Token);

    public async ValueTask DisposeAsync()
    {
        using var now = new CancellationTokenSource();
        await now.CancelAsync();
        await _application.StopAsync(now.Token);
        await _application.DisposeAsync();
    }
}
