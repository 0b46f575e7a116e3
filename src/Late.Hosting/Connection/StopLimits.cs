namespace Late.Hosting.Connection;

/// <summary>How long the parts of a stop may take (promise P9).</summary>
/// <param name="Callback">The callback that runs, until its token is canceled.</param>
/// <param name="Close">The close handshake.</param>
/// <param name="Terminate"><c>HandleTerminate</c>.</param>
internal sealed record StopLimits(TimeSpan Callback, TimeSpan Close, TimeSpan Terminate)
{
    public TimeSpan Sum => Callback + Close + Terminate;

    /// <summary>What the options allow.</summary>
    public static StopLimits Of(LateConnectionOptions options) => new(options.CallbackGracePeriod, options.CloseTimeout, options.CallbackGracePeriod);

    /// <summary>Each part cut to its share.</summary>
    public static StopLimits operator *(StopLimits limits, double share) => new(limits.Callback * share, limits.Close * share, limits.Terminate * share);
}
