using System.Net;
using System.Text.RegularExpressions;

namespace Late.Hosting.Transport;

/// <summary>Describes why a proxy did not open a tunnel.</summary>
internal static partial class ProxyErrors
{
    private const string Credentials = "it requires credentials, or rejects those that were sent. Set Proxy.Credentials in ConfigureHttpHandler, or those of the environment's proxy.";

    /// <summary>
    /// The status with which the proxy has refused; null where there is none. A proxy of SOCKS has none, but refuses credentials too:
    /// that is HTTP's 407.
    /// </summary>
    public static HttpStatusCode? StatusOf(Exception exception)
    {
        for (var cause = exception; cause is not null; cause = cause.InnerException!)
        {
            if (cause is HttpRequestException { StatusCode: { } status })
            {
                return status;
            }

            if (IsOfSocksCredentials(cause))
            {
                return HttpStatusCode.ProxyAuthenticationRequired;
            }

            if (cause is HttpRequestException { HttpRequestError: HttpRequestError.ProxyTunnelError }
                && StatusInQuotes().Match(cause.Message) is { Success: true } match)
            {
                return (HttpStatusCode)int.Parse(match.ValueSpan, System.Globalization.CultureInfo.InvariantCulture);
            }
        }

        return null;
    }

    public static string Describe(Exception exception) =>
        IsOfSocksCredentials(exception.InnerException) ? $"the SOCKS proxy rejected the connection: {Credentials}"
        : StatusOf(exception) is { } status ? Describe(status)
        : "the proxy rejected the connection. Check the proxy's address and its credentials.";

    public static string Describe(HttpStatusCode status) => status == HttpStatusCode.ProxyAuthenticationRequired
        ? $"the proxy refused with 407 ProxyAuthenticationRequired: {Credentials}"
        : $"the proxy refused with {(int)status} {status}. Check the proxy's settings, and whether it allows this address.";

    // SocketsHttpHandler has no code for it: "Failed to authenticate with the SOCKS server", and two more like it.
    private static bool IsOfSocksCredentials(Exception? cause) =>
        cause is IOException && cause.Message.Contains("SOCKS", StringComparison.Ordinal) && cause.Message.Contains("authenticat", StringComparison.Ordinal);

    // SocketsHttpHandler reports it in its message only: ... failed with status code '407'.
    [GeneratedRegex("(?<=')[1-5][0-9]{2}(?=')")]
    private static partial Regex StatusInQuotes();
}
