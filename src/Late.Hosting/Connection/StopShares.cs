using System.Collections.Concurrent;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;

namespace Late.Hosting.Connection;

/// <summary>
/// Divides what is left of the host's shutdown timeout among the connections and supervisors that the host stops one after the other, so
/// that the last of them has time for its close and its <c>HandleTerminate</c> too (promise P9).
/// </summary>
internal sealed class StopShares(TimeProvider time, IOptions<HostOptions> host) : IHostedLifecycleService
{
    // The rest is for what else the host stops: the timeout itself would abort what it finds.
    private const double Usable = 0.9;

    private readonly ConcurrentDictionary<IStopped, bool> _waiting = new();
    private long _stoppingSince;
    private volatile bool _isStopping;

    /// <summary>Adds what the host stops.</summary>
    public void Add(IStopped stopped) => _waiting[stopped] = true;

    /// <summary>The stop of one of them begins.</summary>
    /// <returns>Its share of what its options allow: 1 where there is time for all of it, and where it is not the host that stops it.</returns>
    public double Begin(IStopped stopped)
    {
        var limit = host.Value.ShutdownTimeout;
        if (!_waiting.TryRemove(stopped, out _) || !_isStopping || limit == Timeout.InfiniteTimeSpan)
        {
            return 1;
        }

        var needed = stopped.StopBudget;
        if (!host.Value.ServicesStopConcurrently)
        {
            needed += TimeSpan.FromTicks(_waiting.Keys.Sum(static other => other.StopBudget.Ticks));
        }

        var left = (limit - time.GetElapsedTime(_stoppingSince)) * Usable;
        return needed <= left ? 1 : Math.Max(0, left / needed);
    }

    public Task StoppingAsync(CancellationToken cancellationToken)
    {
        // The host's token began to count a moment ago.
        _stoppingSince = time.GetTimestamp();
        _isStopping = true;
        return Task.CompletedTask;
    }

    public Task StartingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StartedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppedAsync(CancellationToken cancellationToken) => Task.CompletedTask;
}
