using System.Collections.Concurrent;
using System.Globalization;
using System.Text.Json;
using GatewayBot.Feed.Protocol;

namespace GatewayBot.Servers.Feed;

/// <summary>A feed like Twitch's EventSub.</summary>
public sealed class FeedServer
{
    private readonly ConcurrentDictionary<string, ServedFeed> _sessions = new();
    private int _begun;

    /// <summary>Called with each thing that happens, in one line.</summary>
    public Action<string>? Happened { get; set; }

    /// <summary>Where this server is.</summary>
    public Uri? Address { get; set; }

    /// <summary>Runs before a connection is welcomed to which a session moves; its upgrade is answered already.</summary>
    public Func<ServedFeed, Task>? Moving { get; set; }

    /// <summary>The sessions that have a connection.</summary>
    public IEnumerable<ServedFeed> Sessions => _sessions.Values;

    /// <summary>Whether there is a session that moves to this address.</summary>
    public bool Knows(string? moved) => moved is null || _sessions.ContainsKey(moved);

    /// <summary>Serves one connection until it ends.</summary>
    /// <param name="peer">The connection.</param>
    /// <param name="moved">The session that moves here; null for a new one.</param>
    public async Task RunAsync(Peer peer, string? moved)
    {
        var session = moved is null ? Begin() : _sessions[moved];
        session.Expect();
        Happened?.Invoke($"{(moved is null ? "connected" : "moved")} {session.Id}");
        if (moved is not null && Moving is { } moving)
        {
            await moving(session);
        }

        await session.BeginAsync(peer);
        Happened?.Invoke($"welcomed {session.Id}");
        await foreach (var _ in peer.ReadAsync())
        {
            await peer.CloseAsync(4001, "Client sent inbound traffic.");
        }

        await session.EndAsync(peer);
        if (session.HasEnded)
        {
            _sessions.TryRemove(session.Id, out _);
        }

        Happened?.Invoke(peer.CloseCode is { } code ? $"closed {code}" : "lost");
        await peer.AnswerCloseAsync();
    }

    /// <summary>Subscribes a session.</summary>
    /// <returns>False where there is no such session.</returns>
    public bool TrySubscribe(Subscription subscription)
    {
        if (!_sessions.TryGetValue(subscription.SessionId, out var session))
        {
            return false;
        }

        session.Topics = session.Topics.Add(subscription.Type);
        Happened?.Invoke($"subscribed {session.Id} {subscription.Type}");
        return true;
    }

    /// <summary>An event for every session.</summary>
    /// <returns>The connections to which it was written.</returns>
    public async Task<IReadOnlyList<Peer>> PublishAsync(string type, JsonElement data) =>
        [.. (await Task.WhenAll(_sessions.Values.Select(session => session.PublishAsync(type, data)))).OfType<Peer>()];

    /// <summary>Revokes every subscription to a topic.</summary>
    public Task RevokeAsync(string topic)
    {
        foreach (var session in _sessions.Values)
        {
            session.Topics = session.Topics.Remove(topic);
        }

        return SendAsync(_ => Write("revocation", new FeedPayload(Subscription: new FeedSubscription(topic, "authorization_revoked")), topic));
    }

    /// <summary>The keep-alive message, for every connection.</summary>
    public Task KeepAliveAsync() => SendAsync(static _ => Write("session_keepalive", new FeedPayload()));

    /// <summary>Names every client another address to which it moves.</summary>
    public Task MoveAsync() =>
        SendAsync(session => Write("session_reconnect", new FeedPayload(new FeedSession(session.Id, new Uri(Address!, $"?moved={session.Id}")))));

    internal static string Write(string type, FeedPayload payload, string? subscription = null) =>
        JsonSerializer.Serialize(new FeedMessage(new FeedMetadata(type, subscription), payload), FeedJson.Default.FeedMessage);

    private async Task SendAsync(Func<ServedFeed, string> message) =>
        await Task.WhenAll(_sessions.Values.SelectMany(session => session.Peers.Select(peer => peer.SendAsync(message(session)))));

    private ServedFeed Begin()
    {
        var session = new ServedFeed(Interlocked.Increment(ref _begun).ToString(CultureInfo.InvariantCulture));
        return _sessions[session.Id] = session;
    }
}
