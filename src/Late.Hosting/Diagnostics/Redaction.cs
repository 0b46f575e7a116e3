using System.Text.RegularExpressions;

namespace Late.Hosting.Diagnostics;

/// <summary>Keeps secrets out of what is written (promise P12).</summary>
internal static partial class Redaction
{
    /// <summary>
    /// An exception of the application as it is, unless it, or one inside of it, shows an address with user info: a failed
    /// request over a proxy does. Then only its types and stacks are left.
    /// </summary>
    public static Exception WithoutCredentials(Exception exception)
    {
        for (var shown = exception; shown is not null; shown = shown.InnerException)
        {
            if (AddressWithUserInfo().IsMatch(shown.Message))
            {
                return RedactedException.Of(exception);
            }
        }

        return exception;
    }

    /// <summary>A failed attempt as it is, unless it, or an exception inside of it, shows an address with user info or a query, as one of the application may.</summary>
    public static LateConnectException WithoutCredentials(LateConnectException exception)
    {
        var message = Query().Replace(UserInfo().Replace(exception.Message, ""), "");
        var inner = exception.InnerException is { } cause ? WithoutCredentials(cause) : null;
        return message == exception.Message && inner == exception.InnerException ? exception : exception.With(message, inner);
    }

    /// <summary>An address without user info, query and fragment: tokens stand there.</summary>
    public static string Redact(Uri uri) => uri.GetComponents(UriComponents.SchemeAndServer | UriComponents.Path, UriFormat.UriEscaped);

    [GeneratedRegex("://[^/?#\\s]*@")]
    private static partial Regex AddressWithUserInfo();

    [GeneratedRegex("(?<=://)[^/?#\\s]*@")]
    private static partial Regex UserInfo();

    // A query that ends a sentence takes its period with it.
    [GeneratedRegex("(?<=://[^?#\\s]*)[?#][^\\s\"')]*")]
    private static partial Regex Query();
}
