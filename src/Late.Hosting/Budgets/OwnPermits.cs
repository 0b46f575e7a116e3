using Late.Hosting.Locking;

namespace Late.Hosting.Budgets;

/// <summary>
/// A rate and a concurrency on the application's clock. The rate is one time, the next beginning in an even spread; an
/// attempt may begin as much before it as its burst allows, and moves it on (the generic cell rate algorithm of ATM).
/// </summary>
internal sealed class OwnPermits(Func<LateConnectBudgetOptions> options, TimeProvider time) : IPermits
{
    private readonly Gate _gate = new();
    private readonly long _origin = time.GetTimestamp();
    private TimeSpan _next;
    private int _inProgress;
    private TaskCompletionSource? _freed;

    private TimeSpan Now => time.GetElapsedTime(_origin);

    public async Task<IDisposable> AcquireAsync(CancellationToken cancellationToken)
    {
        while (true)
        {
            TimeSpan wait;
            Task? freed;
            var current = options();
            using (_gate.Enter())
            {
                if (TryTake(current, out wait, out freed))
                {
                    return new Permit(this);
                }
            }

            await (freed?.WaitAsync(cancellationToken) ?? Task.Delay(wait, time, cancellationToken)).ConfigureAwait(false);
        }
    }

    public void StartOver(TimeSpan after)
    {
        var current = options();
        using (_gate.Enter())
        {
            _next = Longer(_next, Now + after + (Interval(current) * (current.Burst - 1)));
        }
    }

    private bool TryTake(LateConnectBudgetOptions current, out TimeSpan wait, out Task? freed)
    {
        (wait, freed) = (TimeSpan.Zero, null);
        if (_inProgress >= current.Concurrency)
        {
            _freed ??= new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            freed = _freed.Task;
            return false;
        }

        var (now, interval) = (Now, Interval(current));
        wait = _next - (interval * (current.Burst - 1)) - now;
        if (wait > TimeSpan.Zero)
        {
            // Timers count in whole milliseconds, and one that came too early would be set again and again.
            wait = TimeSpan.FromMilliseconds(Math.Ceiling(wait.TotalMilliseconds));
            return false;
        }

        _next = Longer(_next, now) + interval;
        _inProgress++;
        return true;
    }

    private void Release()
    {
        using (_gate.Enter())
        {
            _inProgress--;
            _freed?.SetResult();
            _freed = null;
        }
    }

    private static TimeSpan Interval(LateConnectBudgetOptions options) =>
        options.PerSecond is { } perSecond ? TimeSpan.FromSeconds(1 / perSecond) : TimeSpan.Zero;

    private static TimeSpan Longer(TimeSpan one, TimeSpan other) => one > other ? one : other;

    private sealed class Permit(OwnPermits permits) : IDisposable
    {
        public void Dispose() => permits.Release();
    }
}
