using System.Net;
using Microsoft.Extensions.Primitives;

namespace Late.Hosting;

/// <summary>What the server answered to the upgrade (RFC 6455 §4.2.2).</summary>
/// <param name="statusCode">The status of the answer.</param>
/// <param name="headers">The headers of the answer.</param>
/// <param name="subProtocol">The sub-protocol that the server chose.</param>
public sealed class LateHandshake(HttpStatusCode statusCode, IReadOnlyDictionary<string, StringValues> headers, string? subProtocol)
{
    /// <summary>The status of the answer: 101, or 200 over HTTP/2.</summary>
    public HttpStatusCode StatusCode { get; } = statusCode;

    /// <summary>The headers of the answer; names are compared without case.</summary>
    public IReadOnlyDictionary<string, StringValues> Headers { get; } = headers;

    /// <summary>The sub-protocol that the server chose; null where it chose none.</summary>
    public string? SubProtocol { get; } = subProtocol;

    /// <summary>The number of the session that begins, as <see cref="LateContext.Session"/> has it; 0 in a handshake that the application has made.</summary>
    public long Session { get; internal set; }
}
