namespace Late.Hosting.Connection.Reconnecting;

/// <summary>
/// Which of the configured addresses an attempt takes: <see cref="LateConnectionOptions.Uri"/> and
/// <see cref="LateConnectionOptions.Uris"/>, one after the other, beginning with the last good one (promise P10). A new life continues where
/// the last one was.
/// </summary>
internal sealed class Addresses
{
    // Most connections are never refused.
    private HashSet<string>? _refused;

    // An attempt that is made while a session is open may fail concurrently with the end of that session: either counts.
    private volatile string? _next;

    /// <summary>The configured addresses, each once.</summary>
    public static IReadOnlyList<Uri> All(LateConnectionOptions options) =>
        [.. (options.Uri is { } first ? options.Uris.Prepend(first) : options.Uris).DistinctBy(static address => address.OriginalString)];

    /// <summary>True where an address is a configured one, whatever query and user info the handler or a hook has set, such as a token.</summary>
    public static bool IsSameWithoutQuery(Uri address, Uri? configured) =>
        configured is not null && Uri.Compare(address, configured, UriComponents.SchemeAndServer | UriComponents.Path, UriFormat.UriEscaped, StringComparison.Ordinal) == 0;

    /// <summary>The address of the next attempt; null where none is configured.</summary>
    public Uri? Next(LateConnectionOptions options)
    {
        var all = All(options);
        return all.Count == 0 ? null : all[Math.Max(0, IndexOf(all, _next))];
    }

    /// <summary>A new life begins: what has refused in the last one may accept again.</summary>
    public void BeginLife() => _refused?.Clear();

    /// <summary>A session at the address has been ready.</summary>
    public void OnReady(Uri address)
    {
        _next = address.OriginalString;
        _refused?.Clear();
    }

    /// <summary>The attempt at the address has failed, or its session was never ready: the next address follows.</summary>
    public void OnFailed(Uri address, LateConnectionOptions options)
    {
        var all = All(options);
        if (IndexOf(all, address.OriginalString) is >= 0 and var index)
        {
            _next = all[(index + 1) % all.Count].OriginalString;
        }
    }

    /// <summary>The server at the address has refused the upgrade.</summary>
    /// <returns>True where there is another address that has not refused since the last session that was ready.</returns>
    public bool OnRefused(Uri address, LateConnectionOptions options)
    {
        var refused = _refused ??= [];
        refused.Add(address.OriginalString);
        return All(options).Any(other => !refused.Contains(other.OriginalString));
    }

    private static int IndexOf(IReadOnlyList<Uri> all, string? address)
    {
        for (var i = 0; i < all.Count; i++)
        {
            if (all[i].OriginalString == address)
            {
                return i;
            }
        }

        return -1;
    }
}
