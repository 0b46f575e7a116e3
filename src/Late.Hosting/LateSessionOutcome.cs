namespace Late.Hosting;

/// <summary>
/// How one attempt ended: it failed to connect, or it became a session that was lost. The reconnect pipeline decides by it.
/// </summary>
public sealed record LateSessionOutcome
{
    /// <summary>Which attempt it was since the last stable session; the first is 1.</summary>
    public int Attempt { get; init; }

    /// <summary>How the session ended; null where the attempt failed to connect.</summary>
    public LateDisconnect? Disconnect { get; init; }

    /// <summary>What was thrown: a <see cref="LateConnectException"/> where the attempt failed.</summary>
    public Exception? Exception { get; init; }

    /// <summary>How long the session was ready.</summary>
    public TimeSpan ReadyFor { get; init; }

    /// <summary>Whether the session was ready for <see cref="LateReconnectOptions.StableAfter"/>: the delays start over.</summary>
    public bool IsStable { get; init; }

    /// <summary>Whether the connection has had a ready session before, or in, this attempt: its address and credentials were right.</summary>
    public bool HasBeenReady { get; init; }

    /// <summary>Whether another attempt follows, as the options and the handler decided.</summary>
    public bool ShouldReconnect { get; init; }

    /// <summary>
    /// The delay that the server (<c>Retry-After</c>) or the handler asked for; null where the backoff decides.
    /// </summary>
    public TimeSpan? Delay { get; init; }

    /// <summary>What happened, in one sentence without secrets.</summary>
    public string Description => Disconnect?.Description ?? Exception?.Message ?? "the connection starts";

    /// <summary>The same as <see cref="Description"/>: Polly writes it to its log.</summary>
    /// <returns>The description.</returns>
    public override string ToString() => Description;

    /// <summary>Not a loss but a requested session: the start, or a request while there was none.</summary>
    internal static LateSessionOutcome Now { get; } = new() { IsImmediate = true, ShouldReconnect = true, IsStable = true };

    /// <summary>
    /// Where a post has cut an attempt short, or the wait for one, and the life with it: attempts and delays continue as if it had not.
    /// </summary>
    /// <param name="attempts">How many attempts came before.</param>
    /// <param name="rest">What is left of the wait; null where an attempt was cut short.</param>
    internal static LateSessionOutcome Cut(int attempts, TimeSpan? rest) =>
        new() { IsCut = true, ShouldReconnect = true, IsStable = true, Attempt = attempts, Delay = rest };

    /// <summary>
    /// True where the server, or a proxy, refused the upgrade, and waiting alone changes nothing: 400 to 499 except 408
    /// (Request Timeout) and 429 (Too Many Requests), and 300 to 399, since redirects are not followed.
    /// </summary>
    internal bool IsRefused => Disconnect is null && Exception is LateConnectException { StatusCode: { } status }
        && (int)status is >= 300 and <= 499 and not (408 or 429);

    /// <summary>True after the first 401 since the last stable session, where <c>ConfigureHandshake</c> can set new credentials.</summary>
    internal bool AsksAgain { get; init; }

    /// <summary>True where the next attempt takes an address that has not refused the upgrade since the last session that was ready.</summary>
    internal bool HasAnotherAddress { get; init; }

    /// <summary>True where the next attempt is due now: at the start, and where a new session was asked for.</summary>
    internal bool IsImmediate { get; init; }

    /// <summary>True where the next connection was begun while the session continued: it is there, or on its way.</summary>
    internal bool Adopts { get; init; }

    /// <summary>True where it is none of an attempt: a post has cut the attempt short, or the wait for it.</summary>
    internal bool IsCut { get; init; }

    /// <summary>True where an error of the handler has ended its life.</summary>
    internal bool Restart { get; init; }

    /// <summary>True where another attempt follows, and a new life begins before it.</summary>
    internal bool BeginsLife => Restart && ShouldReconnect;
}
