using Late.Hosting.Dashboard.Sampling;
using Microsoft.Extensions.Time.Testing;

namespace Late.Hosting.Dashboard.Tests.Support;

/// <summary>A clock that stands still until the test advances it, and knows how many timers of the sampler run.</summary>
internal sealed class TestClock : FakeTimeProvider
{
    private readonly SemaphoreSlim _ended = new(0);
    private int _samplers;

    public int Samplers => Volatile.Read(ref _samplers);

    /// <summary>Waits until no sampler runs.</summary>
    public async Task NoSamplerAsync(CancellationToken cancellationToken)
    {
        while (Samplers > 0)
        {
            await _ended.WaitAsync(cancellationToken);
        }
    }

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        var timer = base.CreateTimer(callback, state, dueTime, period);
        if (state is not Sampler)
        {
            return timer;
        }

        Interlocked.Increment(ref _samplers);
        return new Counted(timer, OnDisposed);
    }

    private void OnDisposed()
    {
        Interlocked.Decrement(ref _samplers);
        _ended.Release();
    }

    private sealed class Counted(ITimer timer, Action disposed) : ITimer
    {
        public bool Change(TimeSpan dueTime, TimeSpan period) => timer.Change(dueTime, period);

        public void Dispose()
        {
            timer.Dispose();
            disposed();
        }

        public ValueTask DisposeAsync()
        {
            Dispose();
            return ValueTask.CompletedTask;
        }
    }
}
