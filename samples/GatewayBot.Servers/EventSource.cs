using System.Text.Json;
using GatewayBot.Servers.Feed;
using GatewayBot.Servers.Gateway;

namespace GatewayBot.Servers;

/// <summary>An event a second on both servers, or a keep-alive message where nothing is subscribed to, and what happens there in the log.</summary>
internal sealed partial class EventSource(GatewayServer gateway, FeedServer feed, ILogger<EventSource> logger) : BackgroundService
{
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        gateway.Happened = what => Happened(logger, "Gateway", what);
        feed.Happened = what => Happened(logger, "Feed", what);
        using var timer = new PeriodicTimer(TimeSpan.FromSeconds(1));
        for (var number = 1L; await timer.WaitForNextTickAsync(stoppingToken); number++)
        {
            var data = JsonSerializer.SerializeToElement(new SampleEvent(number), ServersJson.Default.SampleEvent);
            await gateway.PublishAsync("MESSAGE_CREATE", data);
            if ((await feed.PublishAsync("channel.follow", data)).Count == 0)
            {
                await feed.KeepAliveAsync();
            }
        }
    }

    [LoggerMessage(LogLevel.Information, "{Server}: {What}")]
    private static partial void Happened(ILogger logger, string server, string what);
}
