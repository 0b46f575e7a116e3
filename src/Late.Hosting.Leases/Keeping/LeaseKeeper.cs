using Late.Hosting.Ownership;

namespace Late.Hosting.Leases.Keeping;

/// <summary>Acquires the lease of one connection, each time that it needs it.</summary>
internal sealed class LeaseKeeper(LeaseParts parts) : IOwnership
{
    private readonly StoreWatch _store = new(parts);

    public async Task<ITerm> AcquireAsync(CancellationToken stopping)
    {
        var owner = new LeaseOwner();
        parts.Spread?.Enter(parts.Key);
        try
        {
            while (true)
            {
                var options = parts.Options;
                var (term, left) = parts.Spread?.TryAsk(parts.Key) == false ? default : await TryAcquireAsync(owner, options, stopping).ConfigureAwait(false);
                if (term is not null)
                {
                    return term;
                }

                await Task.Delay(AskInterval.Next(options.AcquireInterval, parts.Randomizer, left), parts.Time, stopping).ConfigureAwait(false);
            }
        }
        catch (OperationCanceledException)
        {
            parts.Spread?.Exit(parts.Key);
            await parts.Requests.EndAsync(owner).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            throw;
        }
    }

    private async Task<(LeaseTerm? Term, TimeSpan? Left)> TryAcquireAsync(LeaseOwner owner, LateLeaseOptions options, CancellationToken stopping)
    {
        var renewal = new Renewal(Moment.Now(parts.Time), options);
        LateLeaseAnswer answer;
        try
        {
            answer = await parts.Requests.TryAcquireAsync(owner, options.Ttl, options.RenewInterval, stopping).ConfigureAwait(false);
        }
        catch (Exception exception)
        {
            parts.Spread?.NotAnswered();
            stopping.ThrowIfCancellationRequested();
            StandBy(_store.Failed(exception));
            return default;
        }

        _store.Answered();
        if (answer.Token is not { } granted)
        {
            parts.Spread?.Answered(parts.Key, term: null, options.Ttl);
            StandBy($"Another owner has the lease '{parts.Lease}'.");
            return (null, answer.Left);
        }

        parts.Log.Acquired(parts.Connection.Name, parts.Lease, granted);
        var term = LeaseTerm.Begin(new LateLease(parts.Lease, granted), owner, renewal, parts);
        parts.Spread?.Answered(parts.Key, term, options.Ttl);
        return (term, null);
    }

    private void StandBy(string reason)
    {
        if (parts.Connection.StandBy(reason))
        {
            parts.Log.StandsBy(parts.Connection.Name, reason);
        }
    }
}
