using System.Diagnostics.Metrics;

namespace Late.Hosting.Diagnostics;

/// <summary>Measures, and lets no listener's exception out: what is only watched is not affected.</summary>
internal static class GuardedMetrics
{
    public static void Measure(this Histogram<double> instrument, TimeSpan duration, params ReadOnlySpan<KeyValuePair<string, object?>> tags)
    {
        try
        {
            instrument.Record(duration.TotalSeconds, tags);
        }
        catch (Exception)
        {
            // There is nowhere left to report it.
        }
    }

    public static void Count(this Counter<long> instrument, params ReadOnlySpan<KeyValuePair<string, object?>> tags)
    {
        try
        {
            instrument.Add(1, tags);
        }
        catch (Exception)
        {
            // As above.
        }
    }
}
