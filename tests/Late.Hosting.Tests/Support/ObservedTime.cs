using Microsoft.Extensions.Time.Testing;

namespace Late.Hosting.Tests.Support;

/// <summary>
/// A clock in the test's hand that also says which timers run: a test that turns the clock before a timer has been made
/// would wait for ever.
/// </summary>
internal sealed class ObservedTime : FakeTimeProvider
{
    private readonly Lock _gate = new();
    private readonly List<DateTimeOffset> _made = [];
    private TaskCompletionSource _changed = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public ObservedTime()
        : base(new DateTimeOffset(2026, 1, 1, 0, 0, 0, TimeSpan.Zero))
    {
    }

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        var timer = base.CreateTimer(callback, state, dueTime, period);
        lock (_gate)
        {
            _made.Add(GetUtcNow() + dueTime);
            _changed.TrySetResult();
            _changed = new(TaskCreationOptions.RunContinuationsAsynchronously);
        }

        return timer;
    }

    /// <summary>Waits until a timer has been made that is due at a time, to the millisecond that timers count in.</summary>
    public async Task TimerAsync(DateTimeOffset at)
    {
        while (true)
        {
            Task changed;
            lock (_gate)
            {
                if (_made.Exists(due => (due - at).Duration() <= TimeSpan.FromMilliseconds(1)))
                {
                    return;
                }

                changed = _changed.Task;
            }

            await changed.WaitAsync(TestContext.Current.CancellationToken);
        }
    }
}
