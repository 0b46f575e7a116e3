using Late.Hosting.Simulation.Worlds;

namespace Late.Hosting.Simulation.Checks;

/// <summary>
/// The bounds of an exponential backoff with decorrelated jitter: that of each delay, and the least that the delays since
/// the last stable session come to together.
/// </summary>
internal sealed class Backoff(Subject subject)
{
    // Polly's scale: the median of the first delay is the base delay.
    private const double Scale = 1 / 1.4;

    // A wait has whole milliseconds.
    private static readonly TimeSpan s_tolerance = TimeSpan.FromMilliseconds(1);

    private int _next;
    private bool _isPure = true;
    private TimeSpan _sum;
    private TimeSpan _longest;
    private int _drawsSeen;

    private LateReconnectOptions Options => subject.Options.Reconnect;

    /// <summary>A stable session, or a new one was asked for: the next delay is the first again.</summary>
    public void StartOver() => (_next, _isPure, _sum) = (0, true, TimeSpan.Zero);

    /// <summary>What the next delay may be; after a refusal it has a maximum of its own.</summary>
    public (TimeSpan Least, TimeSpan Most) Next(bool isRefused = false)
    {
        var longest = isRefused ? Options.RefusedMaxDelay : Options.MaxDelay;
        var most = Scale * (Curve(_next + 1) - (_next == 0 ? 0 : Curve(_next - 1)));
        _next++;
        _longest = longest;
        return (TimeSpan.Zero, AtMost(longest, most) + s_tolerance);
    }

    /// <summary>What the next delay may be after the loss of a session: at first anything within four base delays.</summary>
    public (TimeSpan Least, TimeSpan Most) NextAfterLoss()
    {
        var next = Next();
        return _next <= 2 ? Instead(TimeSpan.Zero, AtMost(Options.MaxDelay, 4) + s_tolerance) : next;
    }

    /// <summary>The next delay was specified.</summary>
    public (TimeSpan Least, TimeSpan Most) Instead(TimeSpan least, TimeSpan most)
    {
        _isPure = false;
        return (least, most);
    }

    public void OnWaited(TimeSpan delay)
    {
        if (_next == 0)
        {
            return;
        }

        subject.Verdict.Require(subject.JitterDraws > _drawsSeen, "P10", $"a delay of {delay} has no jitter");
        _drawsSeen = subject.JitterDraws;
        _sum += delay;

        // A delay that the maximum has cut is at least its half.
        _isPure &= delay + s_tolerance < _longest / 2;
        var least = AtMost(Options.MaxDelay, Scale * Curve(_next - 1));
        subject.Verdict.Require(!_isPure || _sum + (_next * s_tolerance) >= least, "P10", $"{_next} delays since the last stable session come to {_sum}, less than {least}");
    }

    // A delay in base delays: what the cap cuts would not fit into a time.
    private TimeSpan AtMost(TimeSpan longest, double baseDelays) => Options.BaseDelay * Math.Min(baseDelays, longest / Options.BaseDelay);

    private static double Curve(double t) => Math.Pow(2, t) * Math.Tanh(Math.Sqrt(4 * t));
}
