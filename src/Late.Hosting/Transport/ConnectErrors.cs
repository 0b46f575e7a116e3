using System.Globalization;
using System.Net;
using Late.Hosting.Diagnostics;

namespace Late.Hosting.Transport;

/// <summary>Says what a failed upgrade means, and what to do about it.</summary>
internal static class ConnectErrors
{
    public static LateConnectException From(
        string connection, Uri uri, Exception exception, HttpStatusCode status, IReadOnlyDictionary<string, IEnumerable<string>>? headers)
    {
        var transport = Find(exception)?.HttpRequestError;
        var message = status != 0
            ? Refusal(status)
            : transport switch
            {
                HttpRequestError.NameResolutionError => "the name of its host is not known. Check Uri and DNS.",
                HttpRequestError.ConnectionError => "nothing answers there. Check Uri, the network and whether the server runs.",
                HttpRequestError.SecureConnectionError => "TLS failed. Check the server's certificate and name.",
                HttpRequestError.ProxyTunnelError => "the proxy did not let it through. Check the proxy's settings.",
                _ => $"the handshake failed ({transport?.ToString() ?? exception.GetType().Name}).",
            };
        return new LateConnectException(connection, $"Connection '{connection}' could not connect to {Redaction.Redact(uri)}: {message}", exception)
        {
            StatusCode = status == 0 ? null : status,
            Headers = headers ?? new Dictionary<string, IEnumerable<string>>(),
            RetryAfter = RetryAfter(headers),
            TransportError = status == 0 ? transport : null,
        };
    }

    /// <summary>The delay of <c>Retry-After</c> in seconds (RFC 9110 §10.2.3); a date is counted from the answer's own.</summary>
    public static TimeSpan? RetryAfter(IReadOnlyDictionary<string, IEnumerable<string>>? headers)
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

    private static string Refusal(HttpStatusCode status) => (int)status switch
    {
        101 => "its answer is not that of a WebSocket (RFC 6455 §4.2.2).",
        200 => "it answered 200 OK: there is no WebSocket at this address. Check the path of Uri.",
        401 or 403 => $"it refused with {(int)status} {status}. Check the credentials; ConfigureHandshake can fetch fresh ones for every attempt.",
        404 => "it refused with 404 NotFound. Check the path of Uri.",
        429 => "it refused with 429 TooManyRequests.",
        >= 300 and < 400 => $"it answered {(int)status} {status}, and redirects are not followed. Put the new address into Uri.",
        _ => $"it refused with {(int)status} {status}.",
    };

    private static HttpRequestException? Find(Exception? exception)
    {
        while (exception is not null and not HttpRequestException)
        {
            exception = exception.InnerException;
        }

        return exception as HttpRequestException;
    }

    private static string? First(IReadOnlyDictionary<string, IEnumerable<string>>? headers, string name) =>
        headers is not null && headers.TryGetValue(name, out var values) ? values.FirstOrDefault() : null;

    private static DateTimeOffset? Date(string? text) =>
        DateTimeOffset.TryParseExact(text, "r", CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var date) ? date : null;
}
