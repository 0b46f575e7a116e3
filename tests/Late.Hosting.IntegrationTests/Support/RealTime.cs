namespace Late.Hosting.IntegrationTests.Support;

/// <summary>Options for tests on the system's clock, in which nothing may depend on how fast the machine is.</summary>
internal static class RealTime
{
    /// <summary>Longer than any test.</summary>
    public static readonly TimeSpan Endless = TimeSpan.FromHours(1);

    /// <summary>No timeout comes, and the next attempt is made immediately.</summary>
    public static void Apply(LateConnectionOptions options)
    {
        (options.Reconnect.BaseDelay, options.Reconnect.MaxDelay) = (TimeSpan.FromMilliseconds(1), TimeSpan.FromMilliseconds(5));
        (options.ConnectTimeout, options.ReadyTimeout, options.CallTimeout) = (Endless, Endless, Endless);
        (options.CloseTimeout, options.SendTimeout) = (Endless, Endless);
        (options.KeepAliveInterval, options.KeepAliveTimeout) = (Endless, Endless);
    }
}
