using Late.Hosting.Configuration;

namespace Late.Hosting.Connection.Reconnecting;

/// <summary>How long an attempt waits that obeys <c>Retry-After</c> (promise P10, RFC 9110 §10.2.3).</summary>
internal static class RetryAfterDelay
{
    /// <summary>A delay, or the one that the server wants with what has failed, where that is longer.</summary>
    /// <param name="delay">The delay.</param>
    /// <param name="cause">What has failed.</param>
    /// <param name="baseDelay">The delay before the first attempt.</param>
    /// <param name="share">Returns which share of the spread is taken, from 0 to 1.</param>
    public static TimeSpan OrLonger(TimeSpan delay, Exception? cause, TimeSpan baseDelay, Randomizer share) =>
        cause is LateConnectException { RetryAfter: { } retryAfter } && retryAfter > delay ? Of(retryAfter, baseDelay, share()) : delay;

    /// <summary>
    /// The delay: never shorter than what the server wants, and spread over half a base delay, so that clients that received the same do not
    /// return together. What no clock can wait for is shortened.
    /// </summary>
    /// <param name="retryAfter">What the server wants.</param>
    /// <param name="baseDelay">The delay before the first attempt.</param>
    /// <param name="share">Which share of the spread is taken, from 0 to 1.</param>
    public static TimeSpan Of(TimeSpan retryAfter, TimeSpan baseDelay, double share)
    {
        var spread = 0.5 * baseDelay;
        var longest = Limits.LongestDelay - spread;
        return (retryAfter < longest ? retryAfter : longest) + (share * spread);
    }
}
