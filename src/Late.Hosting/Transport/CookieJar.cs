using System.Net;

namespace Late.Hosting.Transport;

/// <summary>
/// The cookies of one connection (RFC 6265), where its HTTP handler serves others too: what one server gave to one
/// connection is not shared. It holds nothing until there is a cookie.
/// </summary>
internal sealed class CookieJar
{
    private CookieContainer? _cookies;

    /// <summary>The value of the request's <c>Cookie</c> field; null where there is none.</summary>
    public string? Get(Uri uri) => _cookies?.GetCookieHeader(uri) is { Length: > 0 } cookies ? cookies : null;

    /// <summary>Keeps the cookies of an answer's <c>Set-Cookie</c> fields.</summary>
    public void Set(Uri uri, HttpResponseMessage response)
    {
        if (!response.Headers.NonValidated.TryGetValues("Set-Cookie", out var values))
        {
            return;
        }

        _cookies ??= new CookieContainer();
        foreach (var value in values)
        {
            try
            {
                _cookies.SetCookies(uri, value);
            }
            catch (CookieException)
            {
                // RFC 6265 §5.2: a malformed one is ignored.
            }
        }
    }
}
