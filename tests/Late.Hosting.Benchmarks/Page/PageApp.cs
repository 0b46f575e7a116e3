using System.Net.WebSockets;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Late.Hosting.Benchmarks.Page;

/// <summary>An application with the page and connections to a feed of its own, which sends each of them twelve messages a second.</summary>
internal sealed class PageApp : IAsyncDisposable
{
    private const int MessagesPerSecond = 12;

    private readonly WebApplication _application;

    private PageApp(WebApplication application) => _application = application;

    public Uri Page => new(new Uri(_application.Urls.Single()), "/late");

    public ILateSupervisor<PageHandler> Supervisor => _application.Services.GetRequiredService<ILateSupervisor<PageHandler>>();

    /// <summary>Starts it with so many connections.</summary>
    /// <param name="connections">How many.</param>
    /// <param name="areReady">True where they are connected; otherwise they wait for a budget's permit, and cost nothing.</param>
    public static async Task<PageApp> StartAsync(int connections, bool areReady)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        var supervisor = builder.Services.AddLateSupervisor<PageHandler>().ConfigureHandshake(static (handshake, _) =>
        {
            var address = handshake.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.Single();
            handshake.Uri = new Uri(new Uri(address.Replace("http:", "ws:", StringComparison.Ordinal)), "/feed");
            return default;
        });
        if (!areReady)
        {
            builder.Services.AddLateConnectBudget("none", static options => options.PerSecond = 0.001);
            supervisor.UseConnectBudget("none");
        }

        var application = builder.Build();
        application.UseWebSockets();
        application.MapLateDashboard();
        application.MapGet("/feed", SpeakAsync);
        await application.StartAsync();
        var app = new PageApp(application);
        await Task.WhenAll(Enumerable.Range(0, connections).Select(number => app.Supervisor.StartAsync($"{number}")));
        if (areReady)
        {
            await Task.WhenAll(app.Supervisor.Connections.Values.Select(static client => client.WaitForReadyAsync()));
        }

        return app;
    }

    public async ValueTask DisposeAsync()
    {
        using var now = new CancellationTokenSource();
        await now.CancelAsync();
        await _application.StopAsync(now.Token);
        await _application.DisposeAsync();
    }

    private static async Task SpeakAsync(HttpContext context)
    {
        using var socket = await context.WebSockets.AcceptWebSocketAsync();
        using var timer = new PeriodicTimer(TimeSpan.FromSeconds(1), TimeProvider.System);
        var message = new byte[200];
        try
        {
            while (await timer.WaitForNextTickAsync(context.RequestAborted))
            {
                for (int i = 0; i < MessagesPerSecond; i++)
                {
                    await socket.SendAsync(message, WebSocketMessageType.Binary, endOfMessage: true, context.RequestAborted);
                }
            }
        }
        catch (Exception exception) when (exception is OperationCanceledException or WebSocketException)
        {
            // The client is gone.
        }
    }
}
