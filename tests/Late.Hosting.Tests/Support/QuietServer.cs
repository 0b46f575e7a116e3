namespace Late.Hosting.Tests.Support;

/// <summary>For a test that plays the server without pongs, and advances the clock far: the keep-alive would end the session first.</summary>
internal static class QuietServer
{
    public static void AllowSilence(this LateConnectionOptions options) =>
        (options.KeepAliveInterval, options.KeepAliveTimeout) = (TimeSpan.FromDays(20), TimeSpan.FromDays(20));
}
