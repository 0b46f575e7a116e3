using System.Runtime.CompilerServices;
using Late.Hosting.Configuration;
using Late.Hosting.Connection.Lifecycle;

namespace Late.Hosting.Connection.Callbacks;

/// <summary>What a handler wants to follow the end of its session.</summary>
/// <param name="Next">Reconnect, stop or fault.</param>
/// <param name="After">The delay before the next attempt; null leaves it to the backoff.</param>
/// <param name="Faulted">The fault; null where it is none.</param>
internal sealed record DisconnectRequest(NextStep Next, TimeSpan? After, SessionEnd? Faulted = null)
{
    public static readonly DisconnectRequest Stop = new(NextStep.Stop, null);

    public static DisconnectRequest Fault(string reason, Exception? exception) => new(NextStep.Fault, null, SessionEnd.FaultedByHandler(reason, exception));

    public static DisconnectRequest Reconnect(TimeSpan? after)
    {
        CheckDelay(after);
        return new(NextStep.Reconnect, after);
    }

    /// <summary>Throws where a handler may not ask for a delay.</summary>
    public static void CheckDelay(TimeSpan? delay, [CallerArgumentExpression(nameof(delay))] string? name = null)
    {
        if (delay < TimeSpan.Zero || delay > Limits.LongestDelay)
        {
            throw new ArgumentOutOfRangeException(name, delay, "The delay before the next attempt is zero to one day.");
        }
    }
}
