using System.Collections.Immutable;
using System.Text.Json;
using GatewayBot.Feed.Protocol;

namespace GatewayBot.Servers.Feed;

/// <summary>A session of the feed, which has two connections while it moves: each event goes to one of them.</summary>
public sealed class ServedFeed(string id)
{
    private readonly SemaphoreSlim _gate = new(1);
    private ImmutableList<Peer> _peers = [];
    private int _connections;
    private int _written;

    public string Id => id;

    /// <summary>The topics that the client has subscribed to.</summary>
    public ImmutableHashSet<string> Topics { get; set; } = [];

    /// <summary>The connections that are welcomed, the oldest first.</summary>
    public IReadOnlyList<Peer> Peers => Volatile.Read(ref _peers);

    /// <summary>Whether it has no connection any more.</summary>
    public bool HasEnded => Volatile.Read(ref _connections) == 0;

    /// <summary>A connection has come.</summary>
    public void Expect() => Interlocked.Increment(ref _connections);

    /// <summary>Welcomes a connection, which then receives events.</summary>
    public async Task BeginAsync(Peer peer)
    {
        await _gate.WaitAsync();
        await peer.SendAsync(FeedServer.Write("session_welcome", new FeedPayload(new FeedSession(id))));
        Volatile.Write(ref _peers, _peers.Add(peer));
        _gate.Release();
    }

    /// <summary>Writes an event to one of the connections.</summary>
    /// <returns>The connection; null where there is none.</returns>
    public async Task<Peer?> PublishAsync(string type, JsonElement data)
    {
        await _gate.WaitAsync();
        try
        {
            var peer = Topics.Contains(type) && _peers.Count > 0 ? _peers[_written++ % _peers.Count] : null;
            return peer is not null && await peer.SendAsync(FeedServer.Write("notification", new FeedPayload(Event: data), type)) ? peer : null;
        }
        finally
        {
            _gate.Release();
        }
    }

    /// <summary>Removes a connection, when nothing is written to it any more.</summary>
    public async Task EndAsync(Peer peer)
    {
        await _gate.WaitAsync();
        Volatile.Write(ref _peers, _peers.Remove(peer));
        Interlocked.Decrement(ref _connections);
        _gate.Release();
    }
}
