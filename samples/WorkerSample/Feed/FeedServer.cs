using System.Collections.Concurrent;
using System.Net.WebSockets;
using Microsoft.Extensions.Options;

namespace WorkerSample.Feed;

/// <summary>Moves the prices, and knows the clients of the feed.</summary>
internal sealed class FeedServer(Market market, IOptions<FeedSettings> settings, TimeProvider time) : BackgroundService
{
    private static readonly TimeSpan Farewell = TimeSpan.FromSeconds(0.3);

    private readonly ConcurrentDictionary<FeedSession, byte> _sessions = new();
    private long _awayUntil;

    /// <summary>How long the feed still refuses clients; zero or less where it takes them.</summary>
    public TimeSpan AwayFor => new(Interlocked.Read(ref _awayUntil) - time.GetUtcNow().UtcTicks);

    public async Task RunSessionAsync(WebSocket socket, CancellationToken cancellationToken)
    {
        var session = new FeedSession(socket, market, time);
        _sessions[session] = 0;
        try
        {
            await session.RunAsync(cancellationToken);
        }
        finally
        {
            _sessions.TryRemove(session, out _);
        }
    }

    /// <summary>Breaks every connection, and takes no new one for a while.</summary>
    public int DropAll(TimeSpan awayFor)
    {
        Interlocked.Exchange(ref _awayUntil, (time.GetUtcNow() + awayFor).UtcTicks);
        var sessions = _sessions.Keys;
        foreach (var session in sessions)
        {
            session.Drop();
        }

        return sessions.Count;
    }

    public override async Task StopAsync(CancellationToken cancellationToken)
    {
        // Our own connection stops at the same time and closes by itself. The connections of other clients are closed after a moment.
        var sessions = _sessions.Keys;
        try
        {
            await Task.WhenAll(sessions.Select(static session => session.Ended)).WaitAsync(Farewell, time, cancellationToken);
        }
        catch (TimeoutException)
        {
            foreach (var session in sessions)
            {
                session.Close();
            }
        }

        await base.StopAsync(cancellationToken);
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(settings.Value.UpdateInterval, time);
        while (await timer.WaitForNextTickAsync(stoppingToken))
        {
            var prices = market.Step();
            foreach (var session in _sessions.Keys)
            {
                session.Publish(prices);
            }
        }
    }
}
