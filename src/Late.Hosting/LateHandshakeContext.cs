using Late.Hosting.Ownership;
using Microsoft.Extensions.Primitives;

namespace Late.Hosting;

/// <summary>One attempt's upgrade request, to be completed: a fresh token, another address.</summary>
public sealed class LateHandshakeContext
{
    internal LateHandshakeContext(string name, int attempt, LateConnectionOptions options, IServiceProvider services)
    {
        Name = name;
        Attempt = attempt;
        Services = services;
        Headers = new Dictionary<string, StringValues>(options.Headers, StringComparer.OrdinalIgnoreCase);
        SubProtocols = [.. options.SubProtocols];
    }

    /// <summary>The connection's name.</summary>
    public string Name { get; }

    /// <summary>Which attempt this is since the last stable session; the first is 1.</summary>
    public int Attempt { get; }

    /// <summary>
    /// The outcome before: how the last session ended, or why the last attempt failed; null for the first attempt. Of an attempt that is
    /// made while a session is open, why the last attempt to replace that session failed; null where there was none.
    /// </summary>
    public LateSessionOutcome? Previous { get; internal init; }

    /// <summary>The lease of the connection, with a token by which a server knows the newest owner; null for a connection without a lease.</summary>
    public LateLease? Lease { get; internal init; }

    /// <summary>The application's services.</summary>
    public IServiceProvider Services { get; }

    /// <summary>The address of this attempt; at first the next of <see cref="LateConnectionOptions.Uri"/> and <see cref="LateConnectionOptions.Uris"/>.</summary>
    public Uri? Uri { get; set; }

    /// <summary>
    /// Whether the address came from a message of the server and its origin (scheme, host and port) is none of
    /// <see cref="LateConnectionOptions.Uri"/>, <see cref="LateConnectionOptions.Uris"/> and
    /// <see cref="LateConnectionOptions.AllowedOrigins"/>. An address that <c>HandleConnecting</c> sets counts as one from a message; one
    /// at another origin that <c>ConfigureHandshake</c> sets is the application's own. For <c>ConfigureHandshake</c>, which runs with
    /// the address that is set by then.
    /// </summary>
    /// <remarks>
    /// To such an origin goes nothing that is meant for the configured ones: no header of the options or of <c>ConfigureHandshake</c>, no
    /// sub-protocol that <c>ConfigureHandshake</c> adds, no cookie, no user info of the configured address, and neither the credentials nor
    /// the client certificates of <c>ConfigureHttpHandler</c>. The headers that <c>HandleConnecting</c> has set or changed, the sub-protocols
    /// of the options and of <c>HandleConnecting</c>, and the user info and the query of the address itself are sent. A query that
    /// <c>ConfigureHandshake</c> adds is sent too: add no token there.
    /// </remarks>
    public bool IsForeignOrigin { get; internal set; }

    /// <summary>The headers of this attempt; names are compared without case. At first those of the options.</summary>
    public IDictionary<string, StringValues> Headers { get; }

    /// <summary>The sub-protocols asked for in this attempt; at first those of the options.</summary>
    public IList<string> SubProtocols { get; }

    /// <summary>Asked before the request is written; null for a connection without a lease.</summary>
    internal IWriteGate? WriteGate { get; init; }

    /// <summary>Whose user info is sent where <see cref="Uri"/> has none; null for no other.</summary>
    internal Uri? UserInfoOf { get; set; }
}
