using System.Net;

namespace Late.Hosting;

/// <summary>What the server answered to the upgrade (RFC 6455 §4.2.2).</summary>
/// <param name="statusCode">The status of the answer.</param>
/// <param name="headers">The headers of the answer.</param>
/// <param name="subProtocol">The sub-protocol that the server chose.</param>
public sealed class LateHandshake(HttpStatusCode statusCode, IReadOnlyDictionary<string, IEnumerable<string>> headers, string? subProtocol)
{
    /// <summary>The status of the answer: 101, or 200 over HTTP/2.</summary>
    public HttpStatusCode StatusCode { get; } = statusCode;

    /// <summary>The headers of the answer; names are compared without case.</summary>
    public IReadOnlyDictionary<string, IEnumerable<string>> Headers { get; } = headers;

    /// <summary>The sub-protocol that the server chose; null where it chose none.</summary>
    public string? SubProtocol { get; } = subProtocol;

    /// <summary>The first value of a header.</summary>
    /// <param name="name">The header's name.</param>
    /// <returns>The value, or null where the answer does not have it.</returns>
    public string? Header(string name) => Headers.TryGetValue(name, out var values) ? values.FirstOrDefault() : null;
}
