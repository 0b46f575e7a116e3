namespace Late.Hosting.Diagnostics;

/// <summary>Keeps secrets out of what is written (promise P12).</summary>
internal static class Redaction
{
    /// <summary>An address without user info, query and fragment: tokens stand there.</summary>
    public static string Redact(Uri uri) => uri.GetComponents(UriComponents.SchemeAndServer | UriComponents.Path, UriFormat.UriEscaped);
}
