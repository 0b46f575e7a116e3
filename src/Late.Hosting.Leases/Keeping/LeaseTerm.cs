using Late.Hosting.Diagnostics;
using Late.Hosting.Ownership;

namespace Late.Hosting.Leases.Keeping;

/// <summary>
/// A lease from its acquisition to its end: renews it, ends it early where that does not succeed in time, and answers whether a byte may be written
/// (promise P21).
/// </summary>
internal sealed class LeaseTerm : ITerm
{
    private static readonly TimeSpan s_shortestWait = TimeSpan.FromMilliseconds(1);

    private readonly LeaseParts _parts;
    private readonly LeaseOwner _owner;
    private readonly StoreWatch _store;
    private readonly CancellationTokenSource _over = new();
    private readonly ITimer _clock;
    private volatile Renewal _renewal;
    private volatile bool _isOver;
    private int _isYielded;
    private int _isLost;

    private LeaseTerm(LateLease lease, LeaseOwner owner, Renewal acquired, LeaseParts parts)
    {
        (Lease, _owner, _renewal, _parts, _store) = (lease, owner, acquired, parts, new StoreWatch(parts));
        _clock = parts.Time.CreateTimer(static term => ((LeaseTerm)term!).Check(), this, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }

    public LateLease Lease { get; }

    public bool MayWrite => !_isOver && _renewal.MayWrite(_parts.Time);

    /// <summary>The lease was acquired.</summary>
    /// <param name="lease">The lease.</param>
    /// <param name="owner">What it is acquired as.</param>
    /// <param name="acquired">When, and with which options.</param>
    /// <param name="parts">What the parts of the lease share.</param>
    public static LeaseTerm Begin(LateLease lease, LeaseOwner owner, Renewal acquired, LeaseParts parts)
    {
        var term = new LeaseTerm(lease, owner, acquired, parts);
        term.SetClock();
        _ = Task.Run(() => term.RenewAsync(term._over.Token), CancellationToken.None).Observed();
        return term;
    }

    // A callback of the life that ends may never complete: others have the lease when it has ended.
    public void StopRenewing() => _ = _over.CancelAsync().Observed();

    /// <summary>Another host is to have it: it ends with a goodbye, which has what is left of the lease.</summary>
    /// <param name="reason">Why, as it is shown.</param>
    public void HandOver(string reason)
    {
        var renewal = _renewal;
        var left = renewal.WriteLimit - _parts.Time.GetElapsedTime(renewal.Began.Timestamp);
        if (left > TimeSpan.Zero && TryYield(reason, left))
        {
            _parts.Log.HandedOver(_parts.Connection.Name, reason);
        }
    }

    public async Task ReleaseAsync(CancellationToken cancellationToken)
    {
        _isOver = true;
        StopRenewing();
        await _clock.DisposeAsync().ConfigureAwait(false);
        _parts.Requests.End(_owner, Lease.Token);
        _parts.Spread?.Exit(_parts.Key);
        try
        {
            await _parts.Requests.ReleaseAsync(Lease.Token, cancellationToken).ConfigureAwait(false);
            _parts.Log.Released(_parts.Connection.Name, Lease.Name);
        }
        catch (Exception exception)
        {
            _parts.Log.NotReleased(_parts.Connection.Name, Lease.Name, _renewal.Options.Ttl, _parts.Connection.Loggable(exception));
        }
    }

    private async Task RenewAsync(CancellationToken over)
    {
        var wait = Left(_renewal);
        while (true)
        {
            await Task.Delay(Longer(wait, s_shortestWait), _parts.Time, over).ConfigureAwait(false);
            var options = _parts.Options;
            var renewal = new Renewal(Moment.Now(_parts.Time), options);
            NoteAsked(renewal);
            try
            {
                if (!await _parts.Requests.TryRenewAsync(Lease.Token, options.Ttl, options.RenewInterval, over).ConfigureAwait(false))
                {
                    Lose($"The lease '{Lease.Name}' is lost: it has ended in its store, or another owner has it.");
                    return;
                }

                _store.Answered();
                _renewal = renewal;
                SetClock();
                wait = Left(renewal);
            }
            catch (Exception exception) when (!over.IsCancellationRequested)
            {
                _store.Failed(exception);
                wait = options.RenewInterval / 4;
            }
        }

        TimeSpan Left(Renewal last) => last.Options.RenewInterval - _parts.Time.GetElapsedTime(last.Began.Timestamp);
    }

    /// <summary>The store may carry out a renewal whose answer is lost: where a reload has made the lease shorter, it may end earlier from the request on.</summary>
    private void NoteAsked(Renewal asked)
    {
        if (asked.WriteLimit < _renewal.WriteLimit - _parts.Time.GetElapsedTime(_renewal.Began.Timestamp))
        {
            _renewal = asked.Within(_renewal);
            SetClock();
        }
    }

    /// <summary>The time since the last renewal has come to one of its limits, or to that of an earlier renewal.</summary>
    private void Check()
    {
        var renewal = _renewal;
        var elapsed = _parts.Time.GetElapsedTime(renewal.Began.Timestamp);
        if (elapsed >= renewal.WriteLimit)
        {
            Lose($"The lease '{Lease.Name}' was not renewed in time. {_store.Problem}".TrimEnd());
            return;
        }

        if (elapsed >= renewal.GoodbyeAfter)
        {
            var reason = $"The lease '{Lease.Name}' ends early. {_store.Problem}".TrimEnd();
            if (TryYield(reason, renewal.WriteLimit - elapsed))
            {
                _parts.Log.Yielded(_parts.Connection.Name, reason);
            }
        }

        SetClock();
    }

    private void SetClock()
    {
        var renewal = _renewal;
        var elapsed = _parts.Time.GetElapsedTime(renewal.Began.Timestamp);
        var limit = elapsed < renewal.GoodbyeAfter ? renewal.GoodbyeAfter : renewal.WriteLimit;

        // A timer counts in milliseconds, and may be due a little before the limit.
        _clock.Change(Longer(limit - elapsed, s_shortestWait), Timeout.InfiniteTimeSpan);
    }

    private bool TryYield(string reason, TimeSpan within)
    {
        if (Interlocked.Exchange(ref _isYielded, 1) != 0)
        {
            return false;
        }

        StopRenewing();
        _parts.Connection.Yield(this, reason, within);
        return true;
    }

    private void Lose(string reason)
    {
        // From here on nothing is written, whatever an answer brings that is on its way.
        _isOver = true;
        StopRenewing();
        if (Interlocked.Exchange(ref _isLost, 1) == 0)
        {
            _parts.Connection.Lose(this, reason);
            _parts.Log.Lost(_parts.Connection.Name, reason);
        }
    }

    private static TimeSpan Longer(TimeSpan one, TimeSpan other) => one > other ? one : other;
}
