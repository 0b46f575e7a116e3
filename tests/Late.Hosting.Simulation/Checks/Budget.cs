using System.Net;
using Late.Hosting.Simulation.Network;
using Late.Hosting.Simulation.Worlds;

namespace Late.Hosting.Simulation.Checks;

/// <summary>
/// Holds the attempts of all connections against their budget (promise P10): never more than it allows, none before a
/// server's request to wait is over, first come first served, and no attempt waits without need.
/// </summary>
internal sealed class Budget(World world, LateConnectBudgetOptions options)
{
    // Permits that were abandoned cost the others their time in the rate; timers count in milliseconds.
    private const int MostWastedPermits = 3;
    private const double Rounding = 1e-4;

    private readonly List<TimeSpan> _begins = [];
    private TimeSpan _refusedAt;
    private TimeSpan _pausedUntil;
    private int _beginsSincePause;
    private TimeSpan _lastChange;
    private TimeSpan? _lastServed;
    private Subject? _served;

    private TimeSpan Now => world.Time.Elapsed;

    /// <summary>An attempt begins.</summary>
    /// <param name="subject">Whose.</param>
    /// <param name="queuedAt">Since when it has waited for its permit; null where it is unknown.</param>
    public void OnBegan(Subject subject, TimeSpan? queuedAt)
    {
        var (verdict, now) = (subject.Verdict, Now);
        _begins.Add(now);
        _lastChange = now;
        verdict.Require(now >= _pausedUntil || now == _refusedAt, "P10", $"an attempt began, and the server had asked to wait until {_pausedUntil}");
        CheckRate(verdict, now);
        var inProgress = world.Subjects.All.Count(static other => other.Attempts is { Permits.IsInProgress: true, IsTimeOver: false });
        verdict.Require(!(inProgress > options.Concurrency), "P10", $"{inProgress} attempts are in progress concurrently, of {options.Concurrency}");
        if (queuedAt is { } at && !(at <= _lastServed))
        {
            (_lastServed, _served) = (at, subject);
        }
    }

    /// <summary>An attempt has failed.</summary>
    /// <param name="refusal">The server's answer; null where it refused nothing.</param>
    public void OnFailed(ConnectPlan? refusal)
    {
        if (refusal is not { } plan)
        {
            OnLeft();
            return;
        }

        var wait = plan.Refusal switch
        {
            HttpStatusCode.TooManyRequests => plan.RetryAfter ?? options.Pause,
            HttpStatusCode.ServiceUnavailable => plan.RetryAfter ?? TimeSpan.Zero,
            _ => TimeSpan.Zero,
        };
        _lastChange = Now;
        if (Now + wait > _pausedUntil && wait > TimeSpan.Zero)
        {
            (_refusedAt, _pausedUntil, _beginsSincePause) = (Now, Now + wait, 0);
        }
    }

    /// <summary>An attempt has left the line, or is not in progress any more.</summary>
    public void OnLeft() => _lastChange = Now;

    /// <summary>With nothing else to do: what waits, waits for something.</summary>
    public void CheckNow(int waiting)
    {
        var (queued, inProgress, preparing) = (0, 0, 0);
        var first = (TimeSpan?)null;
        foreach (var subject in world.Subjects.All)
        {
            if (subject.Attempts.Permits.QueuedAt is { } at)
            {
                queued++;
                first = at < first ? at : first ?? at;
                subject.Verdict.Require(
                    subject.Client.Status.Reason.Contains("budget", StringComparison.Ordinal), "P15", $"an attempt waits for its permit, and the state reports: {subject.Client.Status.Reason}");
            }

            inProgress += subject.Attempts.Permits.IsInProgress ? 1 : 0;
            preparing += subject.Rotations.MayQueue ? 1 : 0;
        }

        world.Verdict.Require(
            !(first < _lastServed), "P10", $"an attempt of {_served?.Client.Name} that had waited since {_lastServed} has begun, and another waits since {first}");
        _lastServed = null;
        world.Verdict.Require(waiting >= queued && waiting <= queued + preparing, "P10", $"{waiting} attempts are in the line, and {queued} connections wait");
        if (inProgress >= options.Concurrency)
        {
            _lastChange = Now;
        }

        var since = new[] { _lastChange, _pausedUntil, first ?? Now }.Max();
        var longest = TimeSpan.FromSeconds((1 + MostWastedPermits) / (options.PerSecond ?? 1000)) + TimeSpan.FromMilliseconds(5);
        world.Verdict.Require(Now - since <= longest, "P10", $"no permit has been granted since {since}, and {queued} connections wait");
    }

    private void CheckRate(Verdict verdict, TimeSpan now)
    {
        if (options.PerSecond is not { } perSecond)
        {
            return;
        }

        for (var i = _begins.Count - 1; i >= 0; i--)
        {
            var (count, allowed) = (_begins.Count - i, (perSecond * (now - _begins[i]).TotalSeconds) + options.Burst);
            verdict.Require(count <= allowed + Rounding, "P10", $"{count} attempts began since {_begins[i]}, more than {allowed:0.00}");
        }

        if (_pausedUntil > TimeSpan.Zero && now >= _pausedUntil)
        {
            _beginsSincePause++;
            var allowed = (perSecond * (now - _pausedUntil).TotalSeconds) + 1;
            verdict.Require(_beginsSincePause <= allowed + Rounding, "P10", $"{_beginsSincePause} attempts began since the pause that ended at {_pausedUntil}, and not one by one");
        }
    }
}
