using Late.Hosting.Leases.Keeping;

namespace Late.Hosting.Leases.Spreading;

/// <summary>One of the numbered leases that hosts hold so that others can count them.</summary>
internal sealed class Seat(LeaseRequests requests)
{
    private LeaseOwner _owner = new();
    private long? _token;

    /// <summary>Takes the seat, or keeps it.</summary>
    /// <returns>False where another host has it.</returns>
    /// <exception cref="TimeoutException">The store has not answered in time.</exception>
    public async Task<bool> TryTakeAsync(TimeSpan ttl, TimeSpan within, CancellationToken cancellationToken)
    {
        _token = (await requests.TryAcquireAsync(_owner, ttl, within, cancellationToken).ConfigureAwait(false)).Token;
        return _token is not null;
    }

    /// <summary>Makes the seat free, where it was taken; and where that is not known, when it is.</summary>
    public async Task LeaveAsync()
    {
        var token = _token;
        requests.End(_owner, token);
        (_token, _owner) = (null, new LeaseOwner());
        if (token is { } taken)
        {
            await requests.ReleaseAsync(taken, CancellationToken.None).ConfigureAwait(false);
        }
    }
}
