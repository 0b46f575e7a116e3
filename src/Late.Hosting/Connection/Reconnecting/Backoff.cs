namespace Late.Hosting.Connection.Reconnecting;

/// <summary>
/// An exponential backoff with decorrelated jitter, as Polly's: the median of the first delay is the base delay. Unlike
/// Polly's it has jitter at the maximum too, and the maximum may differ from delay to delay.
/// </summary>
internal sealed class Backoff
{
    // Makes the median of the first delay the base delay.
    private const double Scale = 1 / 1.4;

    private double _last;
    private int _step;

    /// <summary>The next delay. One that reaches the maximum lies between its half and its whole, and grows no further.</summary>
    /// <param name="baseDelay">The median of the first delay.</param>
    /// <param name="maxDelay">The longest delay.</param>
    /// <param name="randomizer">Returns numbers from 0 to 1.</param>
    public TimeSpan Next(TimeSpan baseDelay, TimeSpan maxDelay, Func<double> randomizer)
    {
        var next = Curve(_step + randomizer());
        var ticks = Scale * (next - _last) * baseDelay.Ticks;
        if (!(ticks < maxDelay.Ticks))
        {
            return maxDelay * (0.5 + (0.5 * randomizer()));
        }

        (_last, _step) = (next, _step + 1);
        return TimeSpan.FromTicks((long)ticks);
    }

    private static double Curve(double t) => Math.Pow(2, t) * Math.Tanh(Math.Sqrt(4 * t));
}
