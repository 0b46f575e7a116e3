using Late.Hosting.WebSockets;

namespace Late.Hosting.Diagnostics;

/// <summary>
/// What a callback has thrown, for states and recent errors: its type, since its message may have what a frame had (promise P12).
/// The library's own words for a misuse have nothing secret, and explain what to do.
/// </summary>
internal static class ThrownText
{
    public static string Of(string callback, Exception exception) =>
        exception is MisuseException ? $"{callback} failed: {exception.Message}" : $"{callback} threw {TypeName.Of(exception.GetType())}.";
}
