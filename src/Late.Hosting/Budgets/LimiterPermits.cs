using System.Threading.RateLimiting;

namespace Late.Hosting.Budgets;

/// <summary>The permits of a limiter that the application has given.</summary>
internal sealed class LimiterPermits(RateLimiter limiter, TimeProvider time) : IPermits
{
    private static readonly TimeSpan s_askAgainAfter = TimeSpan.FromSeconds(0.1);

    public async Task<IDisposable> AcquireAsync(CancellationToken cancellationToken)
    {
        while (true)
        {
            var lease = await limiter.AcquireAsync(1, cancellationToken).ConfigureAwait(false);
            if (lease.IsAcquired)
            {
                return lease;
            }

            var wait = lease.TryGetMetadata(MetadataName.RetryAfter, out var after) && after > TimeSpan.Zero ? after : s_askAgainAfter;
            lease.Dispose();
            await Task.Delay(wait, time, cancellationToken).ConfigureAwait(false);
        }
    }

    // Its rules are its own.
    public void StartOver(TimeSpan after)
    {
    }
}
