using System.Net;
using Microsoft.Extensions.Primitives;

namespace Late.Hosting;

/// <summary>An attempt to connect failed: no address, no answer, a refusal, or an answer that is no WebSocket's.</summary>
public sealed class LateConnectException : LateException
{
    /// <summary>
    /// Creates the exception. The library throws it; <c>HandleConnecting</c> and <c>ConfigureHandshake</c> throw it to fail the
    /// attempt and to specify what follows; a fake client throws it in a test.
    /// </summary>
    /// <param name="connectionName">The connection's name.</param>
    /// <param name="message">What happened, what is known, and what to do.</param>
    /// <param name="innerException">What caused it; null for nothing.</param>
    public LateConnectException(string connectionName, string message, Exception? innerException = null)
        : base(connectionName, message, innerException)
    {
        HelpLink = HelpPages.Connecting;
    }

    /// <summary>The status of the server's answer, or of the proxy's where it refused the tunnel (407 also where a SOCKS proxy refused the credentials); null where there was none.</summary>
    public HttpStatusCode? StatusCode { get; init; }

    /// <summary>The headers of the server's answer, those of its content with them; names are compared without case. Empty where there was no answer.</summary>
    public IReadOnlyDictionary<string, StringValues> Headers { get; init; } = new Dictionary<string, StringValues>();

    /// <summary>The first KiB of the answer's body, decompressed, read as UTF-8, as far as it came; empty where there was none. It is never logged.</summary>
    public string Body { get; init; } = "";

    /// <summary>
    /// How long the server asks to wait (RFC 9110 §10.2.3), or the one that threw the exception; null where neither specifies it. The next
    /// attempt is not made before.
    /// </summary>
    public TimeSpan? RetryAfter { get; init; }

    /// <summary>
    /// Whether another attempt follows: true retries it also where the options make it permanent, false faults the connection. Of an
    /// attempt that is made while a session is open, false ends neither: the session continues.
    /// </summary>
    /// <value>The default is null: the options decide. The library sets no other value.</value>
    public bool? IsTransient { get; init; }

    /// <summary>What failed below HTTP: name resolution, connection, TLS, proxy; null where an answer came.</summary>
    public HttpRequestError? TransportError { get; init; }

    /// <summary>The same failure with another text and cause.</summary>
    internal LateConnectException With(string message, Exception? innerException) => new(ConnectionName, message, innerException)
    {
        StatusCode = StatusCode,
        Headers = Headers,
        Body = Body,
        RetryAfter = RetryAfter,
        IsTransient = IsTransient,
        TransportError = TransportError,
        Delivery = Delivery,
    };
}
