using Late.Hosting.Simulation.Network;
using Late.Hosting.Simulation.Worlds;

namespace Late.Hosting.Simulation.Checks;

/// <summary>
/// Follows the configured addresses (promise P10): an attempt has the one after the one that failed, or the last good one, also in a new life; a refusal is permanent where each address has refused. What has another origin is foreign (promise P12).
/// </summary>
internal sealed class Addresses(Subject subject)
{
    private readonly HashSet<Uri> _refused = [];
    private Uri? _next;

    /// <summary>The configured address of the next attempt.</summary>
    public Uri Next => _next is not null && All.Contains(_next) ? _next : All[0];

    private List<Uri> All => [.. subject.Options.Uris.Prepend(subject.World.Settings.Uri)];

    /// <summary>True for a configured address.</summary>
    public bool Has(Uri address) => All.Contains(address);

    /// <summary>True where nothing that is configured for other origins may be sent to an address.</summary>
    public bool IsForeign(Uri address) => !All.Concat(subject.Options.AllowedOrigins).Any(known => known.Scheme == address.Scheme && known.IdnHost == address.IdnHost);

    /// <summary>A new life begins: what has refused in the last one may accept again.</summary>
    public void BeginLife() => _refused.Clear();

    /// <summary>An attempt has failed.</summary>
    /// <param name="address">The configured address that it has gone to; null where it has not.</param>
    public void OnFailed(Uri? address)
    {
        var all = All;
        _next = address is not null && all.IndexOf(address) is >= 0 and var index ? all[(index + 1) % all.Count] : _next;
    }

    /// <summary>A server has refused.</summary>
    /// <param name="address">Its address, where that is a configured one.</param>
    /// <returns>True where another one has not.</returns>
    public bool OnRefused(Uri? address)
    {
        if (address is null)
        {
            return false;
        }

        _refused.Add(address);
        return All.Exists(other => !_refused.Contains(other));
    }

    /// <summary>A session has ended.</summary>
    public void OnEnded(ServerSession session, LateDisconnect disconnect)
    {
        if (session.ConfiguredAddress is not { } address)
        {
            return;
        }

        var isStop = disconnect.Reason is LateDisconnectReason.HostStopping or LateDisconnectReason.SupervisorStopping or LateDisconnectReason.HandlerStopped;
        if (disconnect.WasReady)
        {
            _next = address;
            _refused.Clear();
        }
        else if (!isStop && !subject.Requests.IsImmediate(disconnect))
        {
            OnFailed(address);
        }
    }
}
