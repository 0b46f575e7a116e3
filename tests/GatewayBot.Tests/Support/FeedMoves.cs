using GatewayBot.Servers;
using Late.Hosting;

namespace GatewayBot.Tests.Support;

/// <summary>The ways in which the feed moves the bot to another address. Each method returns when the old connection has ended.</summary>
public sealed class FeedMoves(TestFeed feed)
{
    /// <summary>The new address welcomes the bot, which then leaves the old one.</summary>
    public async Task MoveAsync(string end = "closed 1000")
    {
        await feed.Server.MoveAsync();
        await feed.Happenings.ExpectAllAsync("moved 1", "welcomed 1", end);
    }

    /// <summary>The same, after the new address has refused.</summary>
    /// <param name="times">How often.</param>
    public async Task MoveAfterRefusalsAsync(int times)
    {
        var left = times;
        feed.Clock.Clear();
        feed.Host.Requested = context =>
        {
            var isRefused = left-- > 0;
            context.Response.StatusCode = isRefused ? 503 : 200;
            return Task.FromResult(!isRefused);
        };
        var moving = MoveAsync();
        for (var refused = 0; refused < times; refused++)
        {
            await feed.Clock.TimerAsync(TimeSpan.FromSeconds(1.5));
            feed.Clock.Advance(TimeSpan.FromSeconds(1.5));
        }

        await moving;
        feed.Host.Requested = null;
    }

    /// <summary>The feed closes the old connection when the new one is accepted, and not welcomed yet.</summary>
    public Task MoveFromClosedAsync() => MoveWithoutOldOneAsync(static old => old.CloseAsync(4004, "The time to reconnect is over."), "closed 4004");

    /// <summary>The network breaks the old connection in that moment.</summary>
    public Task MoveFromDroppedAsync() => MoveWithoutOldOneAsync(
        static old =>
        {
            old.Drop();
            return Task.CompletedTask;
        },
        "lost");

    private async Task MoveWithoutOldOneAsync(Func<Peer, Task> end, string happened)
    {
        feed.Server.Moving = session => feed.BetweenEventsAsync(async () =>
        {
            await end(session.Peers[0]);

            // The welcome comes by another socket, and may otherwise be read first.
            await feed.Bot.LeaveAsync(LateConnectionState.Ready);
        });
        await MoveAsync(happened);
        feed.Server.Moving = null;
    }
}
