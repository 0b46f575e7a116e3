using System.Text.Json;
using GatewayBot.Gateway.Protocol;

namespace GatewayBot.Servers.Gateway;

/// <summary>A session of the gateway: keeps its events, and sends those again that a lost connection has not brought.</summary>
public sealed class ServedSession(string id)
{
    private readonly SemaphoreSlim _gate = new(1);
    private readonly List<string> _events = [];
    private Peer? _peer;

    public string Id => id;

    /// <summary>Writes an event to the connection of the session, or keeps it for the next.</summary>
    public async Task PublishAsync(string type, JsonElement data)
    {
        await _gate.WaitAsync();
        try
        {
            await AddAsync(type, data);
        }
        finally
        {
            _gate.Release();
        }
    }

    /// <summary>Begins on a connection, with the event <c>READY</c>.</summary>
    public async Task BeginAsync(Peer peer, ReadyData ready)
    {
        _peer = peer;
        await PublishAsync("READY", JsonSerializer.SerializeToElement(ready, GatewayJson.Default.ReadyData));
    }

    /// <summary>Continues on another connection: what came after an event, and <c>RESUMED</c>.</summary>
    /// <param name="peer">The connection.</param>
    /// <param name="after">The number of the event.</param>
    /// <param name="resuming">Runs before <c>RESUMED</c>.</param>
    /// <returns>False where there is no such event.</returns>
    public async Task<bool> TryResumeAsync(Peer peer, long after, Func<Task>? resuming = null)
    {
        await _gate.WaitAsync();
        try
        {
            if (after > _events.Count)
            {
                return false;
            }

            _peer = null;
            foreach (var missed in _events.Skip((int)after))
            {
                await peer.SendAsync(missed);
            }

            await (resuming?.Invoke() ?? Task.CompletedTask);
            _peer = peer;
            await AddAsync("RESUMED", JsonSerializer.SerializeToElement(new ResumedData(), ServersJson.Default.ResumedData));
            return true;
        }
        finally
        {
            _gate.Release();
        }
    }

    private async Task AddAsync(string type, JsonElement data)
    {
        _events.Add(JsonSerializer.Serialize(new Dispatch(type, _events.Count + 1, data), GatewayJson.Default.GatewayMessage));
        if (_peer is { } peer && !await peer.SendAsync(_events[^1]))
        {
            _peer = null;
        }
    }
}
