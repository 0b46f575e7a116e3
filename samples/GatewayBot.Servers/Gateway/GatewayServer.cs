using System.Collections.Concurrent;
using System.Globalization;
using System.Text.Json;
using GatewayBot.Gateway.Protocol;

namespace GatewayBot.Servers.Gateway;

/// <summary>A gateway like Discord's. It does what a real one does now and then, whenever it is asked to.</summary>
public sealed class GatewayServer
{
    private readonly ConcurrentDictionary<string, ServedSession> _sessions = new();
    private readonly ConcurrentDictionary<Peer, ServedSession?> _peers = new();
    private int _invalidated;
    private int _begun;

    /// <summary>Called with each thing that happens, in one line.</summary>
    public Action<string>? Happened { get; set; }

    /// <summary>Where sessions are resumed.</summary>
    public Uri? ResumeAt { get; set; }

    public TimeSpan HeartbeatInterval { get; set; } = TimeSpan.FromSeconds(41.25);

    /// <summary>Whether heartbeats are acknowledged.</summary>
    public bool Acknowledges { get; set; } = true;

    /// <summary>Runs when a session has received what it has missed, and before its event <c>RESUMED</c>.</summary>
    public Func<Task>? Resuming { get; set; }

    /// <summary>Runs before the answer to a client's close frame: what is sent then was on its way when the client closed.</summary>
    public Func<Peer, Task>? Closing { get; set; }

    /// <summary>The token that bots identify with; null for any.</summary>
    public string? Token { get; set; }

    /// <summary>The intents that a bot may have.</summary>
    public int AllowedIntents { get; set; } = 513;

    /// <summary>How many sessions have begun.</summary>
    public int Begun => Volatile.Read(ref _begun);

    /// <summary>How many sessions their clients have ended, by a close with 1000 or 1001.</summary>
    public int Invalidated => Volatile.Read(ref _invalidated);

    /// <summary>The text of a message.</summary>
    public static string Write(GatewayMessage message) => JsonSerializer.Serialize(message, GatewayJson.Default.GatewayMessage);

    /// <summary>Serves one connection until it ends.</summary>
    public async Task RunAsync(Peer peer)
    {
        _peers[peer] = null;
        Happened?.Invoke("connected");
        await peer.SendAsync(Write(new Hello(new HelloData((int)HeartbeatInterval.TotalMilliseconds))));
        await foreach (var text in peer.ReadAsync())
        {
            await AnswerAsync(peer, JsonSerializer.Deserialize(text, GatewayJson.Default.GatewayMessage)!);
        }

        _peers.TryRemove(peer, out var session);
        if (peer.CloseCode is 1000 or 1001 && session is not null && _sessions.TryRemove(session.Id, out _))
        {
            Interlocked.Increment(ref _invalidated);
        }

        Happened?.Invoke(peer.CloseCode is { } code ? $"closed {code}" : "lost");
        await (Closing?.Invoke(peer) ?? Task.CompletedTask);
        await peer.AnswerCloseAsync();
    }

    /// <summary>An event for every session.</summary>
    public Task PublishAsync(string type, JsonElement data) => Task.WhenAll(_sessions.Values.Select(session => session.PublishAsync(type, data)));

    /// <summary>Asks every client to reconnect (op 7).</summary>
    public Task RequestReconnectAsync() => SendAsync(new Reconnect());

    /// <summary>Asks every client for a heartbeat (op 1).</summary>
    public Task RequestHeartbeatAsync() => SendAsync(new Heartbeat(null));

    /// <summary>Refuses the session of every client (op 9), and removes it where it is not resumable.</summary>
    public Task InvalidateAsync(bool isResumable)
    {
        if (!isResumable)
        {
            _sessions.Clear();
        }

        return SendAsync(new InvalidSession(isResumable));
    }

    /// <summary>Closes every connection.</summary>
    public Task CloseAsync(int code) => Task.WhenAll(_peers.Keys.Select(peer => peer.CloseAsync(code)));

    /// <summary>Breaks every connection.</summary>
    public void Drop()
    {
        foreach (var peer in _peers.Keys)
        {
            peer.Drop();
        }
    }

    private async Task SendAsync(GatewayMessage message) => await Task.WhenAll(_peers.Keys.Select(peer => peer.SendAsync(Write(message))));

    private async Task AnswerAsync(Peer peer, GatewayMessage message)
    {
        switch (message)
        {
            case Heartbeat heartbeat:
                // Before it is reported: a test that has seen the heartbeat may change whether the next one is acknowledged.
                if (Acknowledges)
                {
                    await peer.SendAsync(Write(new HeartbeatAck()));
                }

                Happened?.Invoke($"heartbeat {heartbeat.Sequence}");
                break;
            case Identify identify when Token is not null && identify.Data.Token != Token:
                await peer.CloseAsync(4004, "Authentication failed.");
                break;
            case Identify identify when (identify.Data.Intents & ~AllowedIntents) != 0:
                await peer.CloseAsync(4014, "Disallowed intents.");
                break;
            case Identify:
                await BeginAsync(peer);
                break;
            case Resume resume:
                await ResumeAsync(peer, resume.Data);
                break;
            case UpdatePresence presence:
                Happened?.Invoke($"presence {presence.Data.Status}");
                break;
        }
    }

    private async Task BeginAsync(Peer peer)
    {
        var session = new ServedSession(Interlocked.Increment(ref _begun).ToString(CultureInfo.InvariantCulture));
        _peers[peer] = _sessions[session.Id] = session;
        Happened?.Invoke($"identify {session.Id}");
        await session.BeginAsync(peer, new ReadyData(session.Id, ResumeAt!));
    }

    private async Task ResumeAsync(Peer peer, ResumeData resume)
    {
        Happened?.Invoke($"resume {resume.SessionId} {resume.Sequence}");
        if (_sessions.TryGetValue(resume.SessionId, out var session) && await session.TryResumeAsync(peer, resume.Sequence, Resuming))
        {
            _peers[peer] = session;
        }
        else
        {
            await peer.SendAsync(Write(new InvalidSession(false)));
        }
    }
}
