namespace Late.Hosting;

/// <summary>
/// The delays between a fault and the next life, where <see cref="LateConnectionOptions.OnFault"/> is
/// <see cref="LateFaultBehavior.Restart"/>. They double from <see cref="BaseDelay"/> to <see cref="MaxDelay"/>, and each lies between the
/// half and the whole of that. A <c>Retry-After</c> of the refusal that faulted the connection is obeyed where it is longer. The delays start
/// over after a life with a session that was ready for <see cref="LateReconnectOptions.StableAfter"/>.
/// </summary>
public sealed class LateRestartOptions
{
    /// <summary>The longest first delay.</summary>
    /// <value>The default is 1 second.</value>
    public TimeSpan BaseDelay { get; set; } = TimeSpan.FromSeconds(1);

    /// <summary>The longest delay.</summary>
    /// <value>The default is 5 minutes.</value>
    public TimeSpan MaxDelay { get; set; } = TimeSpan.FromMinutes(5);
}
