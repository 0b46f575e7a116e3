using System.Diagnostics.CodeAnalysis;
using Late.Hosting;
using Late.Hosting.Dashboard.Endpoints;
using Late.Hosting.Dashboard.Sampling;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace Microsoft.AspNetCore.Builder;

/// <summary>Serves the page of the connections.</summary>
public static class LateDashboardEndpointRouteBuilderExtensions
{
    // HEAD is answered like GET, without the content (RFC 9110 §9.3.2).
    private static readonly string[] s_read = [HttpMethods.Get, HttpMethods.Head];

    /// <summary>
    /// Serves one read-only page that shows every connection live: its state, since when and why, its rates, round trip,
    /// calls and errors. It loads nothing from another host, shows no payloads and no secrets, and costs nothing while
    /// it is not open. Any user that can reach it sees it, unless <c>RequireAuthorization()</c> is added.
    /// </summary>
    /// <param name="endpoints">The application's endpoints.</param>
    /// <param name="pattern">The page's path; its parts lie below it. <value>The default is <c>/late</c>.</value></param>
    /// <returns>Configures the page and all its parts together.</returns>
    public static IEndpointConventionBuilder MapLateDashboard(
        this IEndpointRouteBuilder endpoints, [StringSyntax("Route")] string pattern = "/late")
    {
        ArgumentNullException.ThrowIfNull(endpoints);
        ArgumentNullException.ThrowIfNull(pattern);
        var services = endpoints.ServiceProvider;
        var assets = Assets.Load();
        var sampler = new Sampler(
            services.GetService<ILateConnectionDirectory>(),
            services.GetService<TimeProvider>() ?? TimeProvider.System,
            services.GetRequiredService<IHostEnvironment>().ApplicationName,
            assets.Version);

        var group = endpoints.MapGroup(pattern);
        group.MapMethods("", s_read, new PageEndpoint(assets).InvokeAsync);
        foreach (var asset in assets.Linked)
        {
            group.MapMethods(asset.Name, s_read, asset.InvokeAsync);
        }

        group.MapMethods("connections/{id:int}", s_read, new DetailsEndpoint(sampler).InvokeAsync);
        group.MapMethods("stream", s_read, new StreamEndpoint(sampler, services.GetRequiredService<IHostApplicationLifetime>()).InvokeAsync)
            .DisableHttpMetrics() // A stream lasts as long as the page is open: not the duration of a request.
            .DisableRequestTimeout();
        return group;
    }
}
