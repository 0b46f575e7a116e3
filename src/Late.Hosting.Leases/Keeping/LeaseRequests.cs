using Late.Hosting.Diagnostics;
using Late.Hosting.Ownership;

namespace Late.Hosting.Leases.Keeping;

/// <summary>Asks the store for one lease. No request is awaited longer than its limit, also where the store blocks its thread.</summary>
internal sealed class LeaseRequests(ILateLeaseStore store, string lease, IOwned connection, LeaseMetrics metrics)
{
    private static readonly TimeSpan s_longestRelease = TimeSpan.FromSeconds(5);

    private readonly string _owner = Guid.NewGuid().ToString("N");

    /// <summary>The lease's name.</summary>
    public string Lease => lease;

    /// <summary>Asks for the lease. Where it is granted too late, it is released.</summary>
    /// <returns>Its token; null where another owner has it.</returns>
    /// <exception cref="TimeoutException">The store has not answered in time.</exception>
    public Task<long?> TryAcquireAsync(TimeSpan ttl, TimeSpan within, CancellationToken cancellationToken) => AskAsync(
        LeaseMetrics.Acquire, within, async canceled => await store.TryAcquireAsync(lease, _owner, ttl, canceled).ConfigureAwait(false), cancellationToken);

    /// <summary>Renews the lease.</summary>
    /// <returns>False where it is lost.</returns>
    /// <exception cref="TimeoutException">The store has not answered in time.</exception>
    public async Task<bool> TryRenewAsync(long token, TimeSpan ttl, TimeSpan within, CancellationToken cancellationToken) => await AskAsync(
        LeaseMetrics.Renew, within, async canceled => await store.TryRenewAsync(lease, token, ttl, canceled).ConfigureAwait(false) ? token : null, cancellationToken)
        .ConfigureAwait(false) is not null;

    /// <summary>Releases the lease.</summary>
    /// <exception cref="TimeoutException">The store has not answered in time.</exception>
    public Task ReleaseAsync(long token, CancellationToken cancellationToken) => AskAsync(
        LeaseMetrics.Release,
        s_longestRelease,
        async canceled =>
        {
            await store.ReleaseAsync(lease, token, canceled).ConfigureAwait(false);
            return token;
        },
        cancellationToken);

    private async Task<long?> AskAsync(string operation, TimeSpan within, Func<CancellationToken, Task<long?>> ask, CancellationToken cancellationToken)
    {
        using var clock = new CancellationTokenSource(within, connection.Time);
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(clock.Token, cancellationToken);
        var token = limit.Token;
        var answering = Task.Run(() => ask(token), CancellationToken.None);
        _ = answering.Observed();
        try
        {
            var answer = await answering.WaitAsync(token).ConfigureAwait(false);
            Count(answer is null ? LeaseMetrics.Refused : LeaseMetrics.Granted);
            return answer;
        }
        catch (Exception exception)
        {
            Count(LeaseMetrics.Failed);
            if (operation == LeaseMetrics.Acquire)
            {
                _ = ReleaseLateAsync(answering);
            }

            if (exception is OperationCanceledException && clock.IsCancellationRequested && !cancellationToken.IsCancellationRequested)
            {
                throw new TimeoutException($"The lease store did not answer within {within}.", exception);
            }

            throw;
        }

        void Count(string outcome) => metrics.Count(connection.MeasuredAs, operation, outcome);
    }

    /// <summary>An answer that is no longer awaited may grant the lease nevertheless: it would not be renewed, and others would wait for its end.</summary>
    private async Task ReleaseLateAsync(Task<long?> answering)
    {
        await ((Task)answering).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        if (answering is { IsCompletedSuccessfully: true, Result: { } late })
        {
            await ReleaseAsync(late, CancellationToken.None).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }
}
