using System.Globalization;
using System.Net;
using System.Text;
using Late.Hosting.Diagnostics;

namespace Late.Hosting.Transport;

/// <summary>Says what a failed upgrade means, and what to do about it.</summary>
internal static class ConnectErrors
{
    private const int MostBodyBytes = 1024;

    /// <summary>There was no answer.</summary>
    public static LateConnectException FromTransport(string connection, Uri uri, Version httpVersion, Exception exception)
    {
        var error = (exception as HttpRequestException)?.HttpRequestError ?? (exception as HttpProtocolException)?.HttpRequestError;
        var message = error switch
        {
            HttpRequestError.NameResolutionError => "the name of its host is not known. Check Uri and DNS.",
            HttpRequestError.ConnectionError => "nothing answers there. Check Uri, the network and whether the server runs.",
            HttpRequestError.SecureConnectionError when TlsErrors.IsOfVersion(exception) => NoVersion(httpVersion),
            HttpRequestError.SecureConnectionError => TlsErrors.Describe(exception),
            HttpRequestError.ProxyTunnelError => "the proxy did not let it through. Check the proxy's settings.",
            HttpRequestError.VersionNegotiationError => NoVersion(httpVersion),
            HttpRequestError.ExtendedConnectNotSupported => "the server does not take WebSockets over HTTP/2 (RFC 8441). Leave HttpVersion at 1.1.",
            HttpRequestError.ResponseEnded when httpVersion.Major > 1 =>
                "the server refused the stream (REFUSED_STREAM) or ended the connection (GOAWAY) before it answered.",
            HttpRequestError.ResponseEnded => "the server ended the connection before it answered.",
            _ when httpVersion.Major > 1 => $"the handshake over HTTP/2 failed ({error?.ToString() ?? exception.GetType().Name}). Where the server does not speak it, leave HttpVersion at 1.1.",
            _ => $"the handshake failed ({error?.ToString() ?? exception.GetType().Name}).",
        };
        return new LateConnectException(connection, Sentence(connection, uri, message), exception) { TransportError = error };
    }

    /// <summary>The answer is not that of a WebSocket.</summary>
    /// <param name="connection">The connection's name.</param>
    /// <param name="uri">Where it wanted to go.</param>
    /// <param name="broken">The rule that the answer breaks.</param>
    /// <param name="response">The answer.</param>
    /// <param name="cancellationToken">Ends the reading of the answer's body.</param>
    public static async Task<LateConnectException> FromResponseAsync(
        string connection, Uri uri, string broken, HttpResponseMessage response, CancellationToken cancellationToken)
    {
        var headers = HeadersOf(response);
        var retryAfter = RetryAfter(headers);
        var wait = retryAfter is { } time ? string.Create(CultureInfo.InvariantCulture, $" It says to come back after {time.TotalSeconds:0} s.") : "";
        return new LateConnectException(connection, Sentence(connection, uri, (IsOpen(response) ? NoWebSocket(broken) : Refusal(response.StatusCode, broken)) + wait))
        {
            StatusCode = response.StatusCode,
            Headers = headers,
            RetryAfter = retryAfter,
            Body = IsOpen(response) ? "" : await BodyAsync(response, cancellationToken).ConfigureAwait(false),
        };
    }

    public static IReadOnlyDictionary<string, IEnumerable<string>> HeadersOf(HttpResponseMessage response)
    {
        var headers = new Dictionary<string, IEnumerable<string>>(StringComparer.OrdinalIgnoreCase);
        foreach (var (name, values) in response.Headers.NonValidated)
        {
            headers[name] = [.. values];
        }

        return headers;
    }

    /// <summary>The delay of <c>Retry-After</c> in seconds (RFC 9110 §10.2.3); a date is counted from the answer's own.</summary>
    public static TimeSpan? RetryAfter(IReadOnlyDictionary<string, IEnumerable<string>> headers)
    {
        if (First(headers, "Retry-After") is not { } value)
        {
            return null;
        }

        if (int.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out var seconds))
        {
            return TimeSpan.FromSeconds(seconds);
        }

        // Two clocks would disagree: the server's date is compared with the server's date.
        return Date(value) is { } at && Date(First(headers, "Date")) is { } now && at > now ? at - now : null;
    }

    public static string Refusal(HttpStatusCode status, string broken) => (int)status switch
    {
        200 => "it answered 200 OK: there is no WebSocket at this address. Check the path of Uri.",
        401 or 403 => $"it refused with {(int)status} {status}. Check the credentials; ConfigureHandshake can fetch fresh ones for every attempt.",
        404 => "it refused with 404 NotFound. Check the path of Uri.",
        >= 300 and < 400 => $"it answered {(int)status} {status}, and redirects are not followed. Put the new address into Uri.",
        _ => $"it refused with {(int)status} {status}.",
    };

    // What follows the head is no body: it may last for ever (RFC 9110 §9.3.6 and §15.2.2).
    private static bool IsOpen(HttpResponseMessage response) =>
        response.StatusCode == HttpStatusCode.SwitchingProtocols
        || (response.RequestMessage?.Method == HttpMethod.Connect && response.IsSuccessStatusCode);

    private static string NoVersion(Version httpVersion) => httpVersion.Major > 1
        ? "the server does not speak HTTP/2 at this port. Set HttpVersion to 1.1."
        : "the server does not speak HTTP/1.1 at this port. Set HttpVersion to 2.0.";

    private static string NoWebSocket(string broken) => $"its answer is not that of a WebSocket. {broken}";

    private static string Sentence(string connection, Uri uri, string message) =>
        $"Connection '{connection}' could not connect to {Redaction.Redact(uri)}: {message}";

    // A server that does not end its answer does not keep us: what came until the attempt's time is over is kept.
    private static async Task<string> BodyAsync(HttpResponseMessage response, CancellationToken cancellationToken)
    {
        var body = new byte[MostBodyBytes];
        var length = 0;
        try
        {
            using var stream = await response.Content.ReadAsStreamAsync(cancellationToken).ConfigureAwait(false);
            length = await stream.ReadAtLeastAsync(body, body.Length, throwOnEndOfStream: false, cancellationToken).ConfigureAwait(false);
        }
        catch (Exception exception) when (exception is IOException or HttpRequestException or OperationCanceledException)
        {
        }

        return Encoding.UTF8.GetString(body, 0, length);
    }

    private static string? First(IReadOnlyDictionary<string, IEnumerable<string>> headers, string name) =>
        headers.TryGetValue(name, out var values) ? values.FirstOrDefault() : null;

    private static DateTimeOffset? Date(string? text) =>
        DateTimeOffset.TryParseExact(text, "r", CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var date) ? date : null;
}
