using Late.Hosting.Diagnostics;
using Late.Hosting.Leases.Keeping;
using Late.Hosting.Locking;

namespace Late.Hosting.Leases.Spreading;

/// <summary>
/// Spreads the keys of a supervisor over its hosts. While this host has its share of them, it leaves free keys to others for a moment; while it has more,
/// it hands some over. Each key has its lease as before: what is decided here never makes a second owner.
/// </summary>
internal sealed class KeySpread(SpreadParts parts) : IDisposable
{
    /// <summary>
    /// So many requests of a host that has its share are left out, so that another host takes a free key first. Then it asks, whatever its share is: no key is
    /// free for long.
    /// </summary>
    public const int Skips = 3;

    private readonly Gate _gate = new();
    private readonly HashSet<SpreadKey> _keys = [];
    private readonly HostCount _hosts = new();
    private readonly HandOvers _handOvers = new(parts.Time);
    private readonly CancellationTokenSource _over = new();
    private int _owned;
    private int _asking;
    private bool _runs;

    // Under the lock: it has its share, and there are others.
    private bool HasShare => _hosts is { IsKnown: true, Hosts: > 1 } && _owned + _asking >= _hosts.ShareOf(_keys.Count);

    /// <summary>A key needs its lease: the host is counted from now on.</summary>
    public void Enter(SpreadKey key)
    {
        bool begins;
        using (_gate.Enter())
        {
            _keys.Add(key);
            begins = !_runs && !_over.IsCancellationRequested;
            _runs |= begins;
        }

        if (begins)
        {
            // Not in the context of the callback that may have started the key.
            using var unflowed = ExecutionContext.SuppressFlow();
            _ = Task.Run(RunAsync).Observed();
        }
    }

    /// <summary>A key does not need its lease any more, or has released it.</summary>
    public void Exit(SpreadKey key)
    {
        using (_gate.Enter())
        {
            _keys.Remove(key);
            _owned -= key.Term is null ? 0 : 1;
            key.Term = null;
        }
    }

    /// <summary>Whether to ask for a key now. Where it is true, <see cref="Answered"/> or <see cref="NotAnswered"/> follows.</summary>
    public bool TryAsk(SpreadKey key)
    {
        using (_gate.Enter())
        {
            if (key.Skips > 0 && HasShare)
            {
                key.Skips--;
                return false;
            }

            key.Skips = 0;
            _asking++;
            return true;
        }
    }

    /// <summary>The store has answered.</summary>
    /// <param name="key">The key.</param>
    /// <param name="term">The term that has begun; null where another host has it.</param>
    /// <param name="ttl">The lease's time to live.</param>
    public void Answered(SpreadKey key, LeaseTerm? term, TimeSpan ttl)
    {
        using (_gate.Enter())
        {
            _asking--;
            _owned += term is null ? 0 : 1;
            (key.Term, key.Since, key.Skips) = (term, parts.Time.GetTimestamp(), term is null ? Skips : 0);
            _handOvers.Answered(key, isBack: term is not null, ttl);
        }
    }

    /// <summary>The store has not answered.</summary>
    public void NotAnswered()
    {
        using (_gate.Enter())
        {
            _asking--;
        }
    }

    /// <summary>The host stops: others do not count it any more.</summary>
    public void Dispose() => _ = _over.CancelAsync().Observed();

    private async Task RunAsync()
    {
        var seats = new Seats(parts.MakeSeat);
        try
        {
            while (TryContinue())
            {
                var options = parts.Options;
                await LookAsync(seats, options).ConfigureAwait(false);
                await Task.Delay(AskInterval.Next(options.SeatInterval, parts.Randomizer), parts.Time, _over.Token).ConfigureAwait(false);
            }
        }
        finally
        {
            await seats.LeaveAsync().ConfigureAwait(false);
        }
    }

    private bool TryContinue()
    {
        using (_gate.Enter())
        {
            _runs = _keys.Count > 0;
            return _runs;
        }
    }

    private async Task LookAsync(Seats seats, LateLeaseOptions options)
    {
        try
        {
            if (!options.SpreadKeys)
            {
                await seats.LeaveAsync().ConfigureAwait(false);
                Fail();
                return;
            }

            Act(await seats.LookAsync(options, _over.Token).ConfigureAwait(false), options);
        }
        catch (Exception)
        {
            // Each key notices it, and logs it. Until the store answers, nothing is handed over.
            Fail();
            _over.Token.ThrowIfCancellationRequested();
        }
    }

    private void Act(SeatLook look, LateLeaseOptions options)
    {
        bool hasChanged;
        (int Owned, int Keys, int Hosts) now;
        LeaseTerm[] handedOver;
        using (_gate.Enter())
        {
            hasChanged = _hosts.Note(look);
            now = (_owned, _keys.Count, _hosts.Hosts);
            handedOver = now.Hosts == 1 ? [] : [.. _handOvers.Next(_keys.Where(static key => key.Term is not null), _hosts, _hosts.ShareOf(_keys.Count), options.Ttl).Select(static key => key.Term!)];
        }

        if (hasChanged)
        {
            parts.Log.HostsChanged(parts.Supervisor, now.Hosts, now.Keys);
        }

        foreach (var term in handedOver)
        {
            term.HandOver($"The lease '{term.Lease.Name}' is handed over: this host had {now.Owned} of {now.Keys} keys, which {now.Hosts} hosts share.");
        }
    }

    private void Fail()
    {
        using (_gate.Enter())
        {
            _hosts.Fail();
        }
    }
}
