using Late.Hosting.Diagnostics;

namespace Late.Hosting.Leases.Keeping;

/// <summary>Asks the store for one lease. No request is awaited longer than its limit, also where the store blocks its thread.</summary>
/// <param name="store">The store.</param>
/// <param name="lease">The lease's name.</param>
/// <param name="measuredAs">The name in its measurements.</param>
/// <param name="time">The clock.</param>
/// <param name="metrics">Counts the requests.</param>
internal sealed class LeaseRequests(ILateLeaseStore store, string lease, string measuredAs, TimeProvider time, LeaseMetrics metrics)
{
    private static readonly TimeSpan s_longestRelease = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan s_longestEnd = TimeSpan.FromSeconds(1);

    /// <summary>The lease's name.</summary>
    public string Lease => lease;

    /// <summary>Asks for the lease. What is granted too late the owner has when it asks again; where it does not, it is released.</summary>
    /// <returns>Its token; or how long the lease of another owner lasts.</returns>
    /// <exception cref="TimeoutException">The store has not answered in time.</exception>
    public Task<LateLeaseAnswer> TryAcquireAsync(LeaseOwner owner, TimeSpan ttl, TimeSpan within, CancellationToken cancellationToken) => AskAsync(
        LeaseMetrics.Acquire, within, async canceled => await store.TryAcquireAsync(lease, owner.Name, ttl, canceled).ConfigureAwait(false), cancellationToken, owner);

    /// <summary>Renews the lease.</summary>
    /// <returns>False where it is lost.</returns>
    /// <exception cref="TimeoutException">The store has not answered in time.</exception>
    public async Task<bool> TryRenewAsync(long token, TimeSpan ttl, TimeSpan within, CancellationToken cancellationToken) => (await AskAsync(
        LeaseMetrics.Renew, within, async canceled => await store.TryRenewAsync(lease, token, ttl, canceled).ConfigureAwait(false) ? LateLeaseAnswer.Granted(token) : LateLeaseAnswer.Refused(),
        cancellationToken).ConfigureAwait(false)).Token is not null;

    /// <summary>Releases the lease.</summary>
    /// <exception cref="TimeoutException">The store has not answered in time.</exception>
    public Task ReleaseAsync(long token, CancellationToken cancellationToken) => AskAsync(
        LeaseMetrics.Release,
        s_longestRelease,
        async canceled =>
        {
            await store.ReleaseAsync(lease, token, canceled).ConfigureAwait(false);
            return LateLeaseAnswer.Granted(token);
        },
        cancellationToken);

    /// <summary>The owner is over: what it was granted in an answer that it did not await is released.</summary>
    /// <param name="owner">The owner.</param>
    /// <param name="held">The token that it has had; null for none.</param>
    public void End(LeaseOwner owner, long? held)
    {
        owner.End();
        _ = ReleaseLateAsync(owner, held);
    }

    /// <summary>The same of an owner that has had none; it waits a moment for answers that are still to come, since the application may end behind it.</summary>
    public Task EndAsync(LeaseOwner owner)
    {
        owner.End();
        return Task.WhenAll(ReleaseLateAsync(owner, held: null), owner.Late).Observed().WaitAsync(s_longestEnd, time);
    }

    private async Task<LateLeaseAnswer> AskAsync(
        string operation, TimeSpan within, Func<CancellationToken, Task<LateLeaseAnswer>> ask, CancellationToken cancellationToken, LeaseOwner? acquires = null)
    {
        using var clock = new CancellationTokenSource(within, time);
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(clock.Token, cancellationToken);

        // Not the stop's: a request that is on its way may be carried out, and its answer is needed to release what it grants. It has no clock, and needs no disposal.
        var awaited = new CancellationTokenSource();
        var answering = Task.Run(() => ask(awaited.Token), CancellationToken.None);
        _ = answering.Observed();
        try
        {
            var answer = await answering.WaitAsync(limit.Token).ConfigureAwait(false);
            Count(answer.Token is null ? LeaseMetrics.Refused : LeaseMetrics.Granted);
            return answer;
        }
        catch (Exception exception)
        {
            Count(LeaseMetrics.Failed);
            var longest = acquires is not null && cancellationToken.IsCancellationRequested ? s_longestEnd : TimeSpan.Zero;
            acquires?.AddLate(NoteLateAsync(acquires, answering).Observed());
            _ = CancelAfterAsync(longest, answering, awaited).Observed();
            if (exception is OperationCanceledException && clock.IsCancellationRequested && !cancellationToken.IsCancellationRequested)
            {
                throw new TimeoutException($"The lease store did not answer within {within}.", exception);
            }

            throw;
        }

        void Count(string outcome) => metrics.Count(measuredAs, operation, outcome);
    }

    private async Task CancelAfterAsync(TimeSpan longest, Task answering, CancellationTokenSource awaited)
    {
        await answering.WaitAsync(longest, time).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        await awaited.CancelAsync().ConfigureAwait(false);
    }

    /// <summary>An answer that is no longer awaited may grant the lease nevertheless. It is not released while the owner may ask again, and be granted the same.</summary>
    private async Task NoteLateAsync(LeaseOwner owner, Task<LateLeaseAnswer> answering)
    {
        await ((Task)answering).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        if (answering is { IsCompletedSuccessfully: true, Result.Token: { } late })
        {
            owner.NoteLate(late);
            if (owner.IsOver)
            {
                await ReleaseLateAsync(owner, held: null).ConfigureAwait(false);
            }
        }
    }

    private Task ReleaseLateAsync(LeaseOwner owner, long? held) =>
        owner.TakeLate() is { } late && late != held ? ReleaseAsync(late, CancellationToken.None).Observed() : Task.CompletedTask;
}
