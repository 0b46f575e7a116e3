using Late.Hosting.Diagnostics;
using Microsoft.Extensions.Primitives;

namespace Late.Hosting.Connection.Reconnecting;

/// <summary>
/// An address that is not configured but came from a message of the server: what is configured for other origins is not sent to it, and it
/// does not leave TLS (promise P12).
/// </summary>
internal sealed class MessageAddress
{
    private readonly LateConnectionOptions _options;
    private readonly Uri _address;
    private readonly Uri? _configured;
    private readonly Dictionary<string, StringValues> _headers;
    private readonly HashSet<string> _subProtocols;

    private MessageAddress(LateHandshakeContext request, Uri? configured, LateConnectionOptions options)
    {
        (_options, _address, _configured) = (options, request.Uri!, configured);
        _headers = request.Headers
            .Where(header => !options.Headers.TryGetValue(header.Key, out var value) || value != header.Value)
            .ToDictionary(StringComparer.OrdinalIgnoreCase);
        _subProtocols = [.. request.SubProtocols];
        IsForeign = !Addresses.All(options).Concat(options.AllowedOrigins).Any(known => HasOriginOf(known, _address));
    }

    /// <summary>True where its origin is neither configured nor allowed.</summary>
    public bool IsForeign { get; }

    /// <summary>The address that the handler has set, or that was requested for this attempt; null where it is the configured one.</summary>
    public static MessageAddress? Of(LateHandshakeContext request, Uri? configured, LateConnectionOptions options) =>
        request.Uri is { IsAbsoluteUri: true } address && address.OriginalString != configured?.OriginalString
            ? new MessageAddress(request, configured, options)
            : null;

    /// <summary>Removes from a complete request what is not for this address. Where a hook has set another host, or an origin that is configured or allowed, nothing: that is the application's.</summary>
    /// <exception cref="LateConnectException">The address would leave TLS.</exception>
    public void Restrict(LateHandshakeContext request)
    {
        var address = request.Uri!;
        if (address.IdnHost != _address.IdnHost || (IsForeign && Addresses.All(_options).Concat(_options.AllowedOrigins).Any(known => HasOriginOf(known, address))))
        {
            request.IsForeignOrigin = false;
            return;
        }

        if (!IsForeign)
        {
            request.UserInfoOf = Addresses.All(_options).FirstOrDefault(known => HasOriginOf(known, _address)) ?? _configured;
            return;
        }

        if (address.Scheme == Uri.UriSchemeWs && Addresses.All(_options).Any(static known => known.Scheme == Uri.UriSchemeWss))
        {
            throw new LateConnectException(
                request.Name,
                $"Connection '{request.Name}' did not connect to {Redaction.Redact(_address)}: the address came from a message, and would replace wss by ws, without TLS. " +
                "Have the server send a wss address, or add the origin to AllowedOrigins.");
        }

        foreach (var (name, value) in request.Headers.ToArray())
        {
            if (!_headers.TryGetValue(name, out var own) || own != value)
            {
                request.Headers.Remove(name);
            }
        }

        // Some servers take a token as one of them.
        foreach (var added in request.SubProtocols.Except(_subProtocols).ToArray())
        {
            request.SubProtocols.Remove(added);
        }
    }

    private static bool HasOriginOf(Uri one, Uri other) => (one.Scheme, one.IdnHost, one.Port) == (other.Scheme, other.IdnHost, other.Port);
}
