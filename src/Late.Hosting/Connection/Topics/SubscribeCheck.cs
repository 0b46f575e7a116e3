using Late.Hosting.Configuration;

namespace Late.Hosting.Connection.Topics;

/// <summary>Refuses options of a subscription that cannot be used.</summary>
internal static class SubscribeCheck
{
    public static void Options(in LateSubscribeOptions options)
    {
        CapacityCheck.Require(options.Capacity, "subscription", nameof(options));
        if (options.Linger < TimeSpan.Zero || options.Linger > Limits.LongestTimeout)
        {
            throw new ArgumentOutOfRangeException(nameof(options), options.Linger, "The Linger of a subscription is from zero to 49 days.");
        }

        if (!Enum.IsDefined(options.WhenFull) || !Enum.IsDefined(options.OnGap) || options.WhenNotReady is { } whenNotReady && !Enum.IsDefined(whenNotReady))
        {
            throw new ArgumentOutOfRangeException(nameof(options), options, "WhenFull, OnGap and WhenNotReady of a subscription are values of their types.");
        }
    }
}
