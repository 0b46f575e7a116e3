namespace Late.Hosting;

/// <summary>
/// When and how often a connection is made again. The delay grows exponentially with jitter from
/// <see cref="BaseDelay"/> to <see cref="MaxDelay"/>; a server's <c>Retry-After</c> is obeyed instead where it has one, and
/// exceeded by up to half of <see cref="BaseDelay"/>, so that not all who were told the same come back at once.
/// </summary>
public sealed class LateReconnectOptions
{
    /// <summary>
    /// The median of the first delay after a failed attempt. After the loss of a session the first delay lies anywhere
    /// between none and four times as much, evenly, so that a server that restarts does not get all its clients back at once.
    /// </summary>
    /// <value>The default is 0.5 seconds.</value>
    public TimeSpan BaseDelay { get; set; } = TimeSpan.FromSeconds(0.5);

    /// <summary>The longest delay.</summary>
    /// <value>The default is 30 seconds.</value>
    public TimeSpan MaxDelay { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>How many attempts are made after a loss before the connection is faulted.</summary>
    /// <value>The default is null: no end.</value>
    public int? MaxAttempts { get; set; }

    /// <summary>
    /// How long a session must have been ready before the delays start over. A server that accepts and drops at once is
    /// thus not hammered.
    /// </summary>
    /// <value>The default is 30 seconds.</value>
    public TimeSpan StableAfter { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>
    /// Decides whether a failed attempt or a lost session is followed by another attempt; where it returns false, the
    /// connection is faulted. A handler's <c>HandleDisconnectAsync</c> has the last word over lost sessions.
    /// </summary>
    /// <value>The default is <see cref="CanHeal"/>.</value>
    public Func<LateSessionOutcome, bool> ShouldReconnect { get; set; } = CanHeal;

    /// <summary>
    /// True unless the server refused the upgrade with a status that does not heal by waiting: 400 to 499 except
    /// 408 (Request Timeout) and 429 (Too Many Requests).
    /// </summary>
    /// <param name="outcome">How the attempt or the session ended.</param>
    /// <returns>Whether another attempt makes sense.</returns>
    public static bool CanHeal(LateSessionOutcome outcome)
    {
        ArgumentNullException.ThrowIfNull(outcome);
        return (outcome.Exception as LateConnectException)?.StatusCode is not { } status
            || (int)status is < 400 or > 499 or 408 or 429;
    }
}
