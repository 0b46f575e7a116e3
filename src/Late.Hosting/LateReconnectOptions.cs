namespace Late.Hosting;

/// <summary>
/// When and how often to reconnect. The delay grows exponentially with jitter from
/// <see cref="BaseDelay"/> to <see cref="MaxDelay"/>; at its maximum it lies between the half and the whole of it, so that
/// clients whose attempts fail together do not return together. A server's <c>Retry-After</c> is obeyed instead where it
/// has one, and exceeded by up to half of <see cref="BaseDelay"/> for the same reason.
/// </summary>
public sealed class LateReconnectOptions
{
    /// <summary>
    /// The median of the first delay after a failed attempt. After the loss of a session the first delay lies anywhere
    /// between a millisecond and four times as much, evenly, so that a server that restarts does not get all its clients back at the same time.
    /// </summary>
    /// <value>The default is 0.5 seconds.</value>
    public TimeSpan BaseDelay { get; set; } = TimeSpan.FromSeconds(0.5);

    /// <summary>The longest delay.</summary>
    /// <value>The default is 30 seconds.</value>
    public TimeSpan MaxDelay { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>
    /// The longest delay after a refusal (400 to 499 except 408 and 429; 300 to 399): it is repeated at another time, if at
    /// all, so the delays exceed <see cref="MaxDelay"/>. The delays continue to grow from those of other failures.
    /// </summary>
    /// <value>The default is 15 minutes.</value>
    public TimeSpan RefusedMaxDelay { get; set; } = TimeSpan.FromMinutes(15);

    /// <summary>How many attempts are made after a loss before the connection is faulted.</summary>
    /// <value>The default is null: no limit.</value>
    public int? MaxAttempts { get; set; }

    /// <summary>
    /// How long a session must have been ready before the delays start over. A server that accepts and then drops every connection is
    /// not overloaded.
    /// </summary>
    /// <value>The default is 30 seconds.</value>
    public TimeSpan StableAfter { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>
    /// Decides whether a failed attempt or a lost session is followed by another attempt; where it returns false, the
    /// connection is faulted. It is not called for <see cref="LateConnectionOptions.PermanentStatusCodes"/> and
    /// <see cref="LateConnectionOptions.PermanentCloseCodes"/>. A handler's <c>HandleDisconnect</c> has the last word
    /// over lost sessions.
    /// </summary>
    /// <value>The default is <see cref="IsTransient"/>.</value>
    public Func<LateSessionOutcome, bool> ShouldReconnect { get; set; } = IsTransient;

    /// <summary>
    /// Whether a failure is transient. A refusal of the upgrade (400 to 499 except 408 Request Timeout and 429 Too Many
    /// Requests; 300 to 399) is permanent before the first ready session: the address or the credentials are wrong. After a
    /// ready session they were right, and the refusal is transient. A 401 is transient once where <c>ConfigureHandshake</c>
    /// can set new credentials. With <see cref="LateConnectionOptions.Uris"/> a refusal is permanent when each address has refused.
    /// Everything else is transient.
    /// </summary>
    /// <param name="outcome">How the attempt or the session ended.</param>
    /// <returns>Whether another attempt makes sense.</returns>
    public static bool IsTransient(LateSessionOutcome outcome)
    {
        ArgumentNullException.ThrowIfNull(outcome);
        return !outcome.IsRefused || outcome.HasBeenReady || outcome.AsksAgain || outcome.HasAnotherAddress;
    }
}
