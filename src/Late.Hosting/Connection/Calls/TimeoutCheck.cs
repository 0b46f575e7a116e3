using Late.Hosting.Configuration;

namespace Late.Hosting.Connection.Calls;

/// <summary>Refuses a timeout that no call, post or send can have.</summary>
internal static class TimeoutCheck
{
    public static void Require(TimeSpan? timeout)
    {
        if (timeout is { } value && (value <= TimeSpan.Zero || value > Limits.LongestTimeout) && value != Timeout.InfiniteTimeSpan)
        {
            throw new ArgumentOutOfRangeException(nameof(timeout), value, "The timeout of a call, post or send is positive and at most 49 days, or Timeout.InfiniteTimeSpan.");
        }
    }
}
