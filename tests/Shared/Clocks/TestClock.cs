using System.Threading.Channels;
using Microsoft.Extensions.Time.Testing;

namespace Late.Hosting.Tests.Shared.Clocks;

/// <summary>
/// A clock that stands still until the test advances it, and shows which timers are set: a test that advances it before the
/// timer it means is set would wait in vain.
/// </summary>
public sealed class TestClock : FakeTimeProvider
{
    private readonly Channel<TimeSpan> _set = Channel.CreateUnbounded<TimeSpan>();

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        var timer = new TestTimer(base.CreateTimer(callback, state, dueTime, period), this);
        OnSet(dueTime);
        return timer;
    }

    /// <summary>Waits until a timer is set that is due after the given time; to the millisecond, as tasks count.</summary>
    public Task TimerAsync(TimeSpan due) => TimerAsync(set => (set - due).Duration() < TimeSpan.FromMilliseconds(1));

    /// <summary>Waits for the next timer that fits.</summary>
    public async Task<TimeSpan> TimerAsync(Predicate<TimeSpan> fits)
    {
        while (true)
        {
            var due = await _set.Reader.ReadAsync(TestContext.Current.CancellationToken);
            if (fits(due))
            {
                return due;
            }
        }
    }

    /// <summary>Clears the timers that have been set.</summary>
    public void Clear()
    {
        while (_set.Reader.TryRead(out _))
        {
        }
    }

    internal void OnSet(TimeSpan due) => _set.Writer.TryWrite(due);
}
