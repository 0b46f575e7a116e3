using System.Globalization;
using System.Net;
using Late.Hosting.Diagnostics;
using Microsoft.Extensions.Primitives;

namespace Late.Hosting.Transport;

/// <summary>Describes why an upgrade failed, and what to do.</summary>
internal static class ConnectErrors
{
    private const int MostTargetChars = 300;

    /// <summary>There was no answer.</summary>
    public static LateConnectException FromTransport(string connection, Uri uri, Version httpVersion, Exception exception)
    {
        if (exception is HttpHandlerException { InnerException: { } thrown })
        {
            return new LateConnectException(
                connection, Sentence(connection, uri, $"ConfigureHttpHandler threw {thrown.GetType().Name}. See the inner exception."), TransportCause.Of(thrown));
        }

        var error = (exception as HttpRequestException)?.HttpRequestError ?? (exception as HttpProtocolException)?.HttpRequestError;
        var message = error switch
        {
            HttpRequestError.NameResolutionError => "the host name could not be resolved. Check Uri and DNS.",
            HttpRequestError.ConnectionError => "no server answers there. Check Uri, the network and whether the server runs.",
            HttpRequestError.SecureConnectionError when TlsErrors.IsOfVersion(exception) => NoVersion(httpVersion),
            HttpRequestError.SecureConnectionError => TlsErrors.Describe(exception),
            HttpRequestError.ProxyTunnelError => ProxyErrors.Describe(exception),
            HttpRequestError.VersionNegotiationError => NoVersion(httpVersion),
            HttpRequestError.ExtendedConnectNotSupported => "the server does not take WebSockets over HTTP/2 (RFC 8441). Set HttpVersion to 1.1.",
            HttpRequestError.ResponseEnded when httpVersion.Major > 1 =>
                "the server refused the stream (REFUSED_STREAM) or ended the connection (GOAWAY) before it answered.",
            HttpRequestError.ResponseEnded => "the server ended the connection before it answered.",
            _ when httpVersion.Major > 1 => $"the handshake over HTTP/2 failed ({error?.ToString() ?? exception.GetType().Name}). Where the server does not speak it, set HttpVersion to 1.1.",
            _ => $"the handshake failed ({error?.ToString() ?? exception.GetType().Name}).",
        };
        return new LateConnectException(connection, Sentence(connection, uri, message), TransportCause.Of(exception))
        {
            TransportError = error,
            StatusCode = error == HttpRequestError.ProxyTunnelError ? ProxyErrors.StatusOf(exception) : null,
        };
    }

    /// <summary>The answer is not that of a WebSocket.</summary>
    /// <param name="connection">The connection's name.</param>
    /// <param name="uri">Where it wanted to go.</param>
    /// <param name="broken">The rule that the answer breaks.</param>
    /// <param name="response">The answer.</param>
    /// <param name="time">The connection's clock.</param>
    /// <param name="offersCompression">Whether the request offered compression.</param>
    /// <param name="cancellationToken">Ends the reading of the answer's body.</param>
    public static async Task<LateConnectException> FromResponseAsync(
        string connection, Uri uri, string broken, HttpResponseMessage response, TimeProvider time, bool offersCompression, CancellationToken cancellationToken)
    {
        var headers = HeadersOf(response);
        var retryAfter = RetryAfter.Of(headers, time.GetUtcNow());
        var message = IsOpen(response) ? NoWebSocket(broken) : Refusal(response.StatusCode, Target(uri, headers));
        if (offersCompression && (int)response.StatusCode is 400 or 406 or 415 or 417 or 422 or 500 or 501)
        {
            message += " Compression was offered, which some servers and proxies refuse: try Compression = Off.";
        }

        if (retryAfter is { } wait)
        {
            message += string.Create(CultureInfo.InvariantCulture, $" The server asks to wait {wait.TotalSeconds:0} s.");
        }

        return new LateConnectException(connection, Sentence(connection, uri, message))
        {
            StatusCode = response.StatusCode,
            Headers = headers,
            RetryAfter = retryAfter,
            Body = IsOpen(response) ? "" : await RefusalBody.ReadAsync(response.Content, time, cancellationToken).ConfigureAwait(false),
        };
    }

    /// <summary>The headers of an answer, those of its content with them.</summary>
    public static IReadOnlyDictionary<string, StringValues> HeadersOf(HttpResponseMessage response)
    {
        var headers = new Dictionary<string, StringValues>(StringComparer.OrdinalIgnoreCase);
        foreach (var (name, values) in response.Headers.NonValidated.Concat(response.Content.Headers.NonValidated))
        {
            headers[name] = values.ToArray();
        }

        return headers;
    }

    public static string Refusal(HttpStatusCode status, string? target) => (int)status switch
    {
        200 => "it answered 200 OK: there is no WebSocket at this address. Check the path of Uri.",
        401 or 403 => $"it refused with {(int)status} {status}. Check the credentials; ConfigureHandshake can fetch fresh ones for every attempt.",
        404 => "it refused with 404 NotFound. Check the path of Uri.",
        407 => ProxyErrors.Describe(status),
        >= 300 and < 400 when target is not null => $"it answered {(int)status} {status} and redirects to {target}; redirects are not followed. Put the new address into Uri.",
        >= 300 and < 400 => $"it answered {(int)status} {status}, and redirects are not followed. Put the new address into Uri.",
        _ => $"it refused with {(int)status} {status}.",
    };

    // What follows the head is no body: it may be endless (RFC 9110 §9.3.6 and §15.2.2).
    private static bool IsOpen(HttpResponseMessage response) =>
        response.StatusCode == HttpStatusCode.SwitchingProtocols
        || (response.RequestMessage?.Method == HttpMethod.Connect && response.IsSuccessStatusCode);

    private static string NoVersion(Version httpVersion) => httpVersion.Major > 1
        ? "the server does not speak HTTP/2 at this port. Set HttpVersion to 1.1."
        : "the server does not speak HTTP/1.1 at this port. Set HttpVersion to 2.0.";

    private static string NoWebSocket(string broken) => $"its answer is not that of a WebSocket. {broken}";

    private static string Sentence(string connection, Uri uri, string message) =>
        $"Connection '{connection}' could not connect to {Redaction.Redact(uri)}: {message}";

    /// <summary>Where a redirect goes, as an address alone: no user info, no query; null where that is not known.</summary>
    private static string? Target(Uri uri, IReadOnlyDictionary<string, StringValues> headers)
    {
        var location = headers.TryGetValue("Location", out var values) ? values[0] : null;
        return Uri.TryCreate(uri, location, out var target) && target is { Scheme: "ws" or "wss" or "http" or "https" }
            ? Redaction.Redact(target) is { Length: <= MostTargetChars } text ? text : target.GetComponents(UriComponents.SchemeAndServer, UriFormat.UriEscaped)
            : null;
    }
}
