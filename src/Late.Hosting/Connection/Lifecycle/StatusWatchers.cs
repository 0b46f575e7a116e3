using System.Runtime.CompilerServices;
using System.Threading.Channels;
using Late.Hosting.Locking;

namespace Late.Hosting.Connection.Lifecycle;

/// <summary>Notifies the watchers of the connection's state: of every change, once and in order.</summary>
internal sealed class StatusWatchers(LifecycleState lifecycle)
{
    private const int MostKept = 100;

    private readonly Gate _gate = new();
    private List<Channel<LateConnectionStatus>>? _watchers;
    private StatusChange _delivered = lifecycle.History.Last;
    private StatusChange? _oldest;
    private int _kept;
    private bool _isComplete;

    /// <summary>The last 100 changes, the oldest first.</summary>
    public IReadOnlyList<LateConnectionStatus> RecentChanges
    {
        get
        {
            using (_gate.Enter())
            {
                Deliver();
                var changes = new List<LateConnectionStatus>(_kept);
                for (var change = _kept == 0 ? null : _oldest; change is not null && changes.Count < _kept; change = change.Next)
                {
                    changes.Add(change.Status);
                }

                return changes;
            }
        }
    }

    /// <summary>Publishes the changes that were not published yet.</summary>
    public void Publish()
    {
        using (_gate.Enter())
        {
            Deliver();
        }
    }

    /// <summary>Waits until the connection is ready.</summary>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <param name="failsAtFault">Whether a fault ends the wait that is followed by a new life.</param>
    /// <param name="orStandby">Whether the wait ends too where another host owns the connection.</param>
    public async Task WaitForReadyAsync(CancellationToken cancellationToken, bool failsAtFault = false, bool orStandby = false)
    {
        await foreach (var status in WatchAsync(cancellationToken).ConfigureAwait(false))
        {
            switch (status.State)
            {
                case LateConnectionState.Ready:
                case LateConnectionState.Standby when orStandby:
                    return;
                case LateConnectionState.Faulted when failsAtFault || !status.HasNextLife:
                    throw ConnectionFailure.Faulted(status, lifecycle.MayRevive).ToException(lifecycle.Name, LateDelivery.NotDelivered);
                case LateConnectionState.Stopping:
                    throw ConnectionFailure.Stopped.ToException(lifecycle.Name, LateDelivery.NotDelivered);
            }
        }

        throw ConnectionFailure.Stopped.ToException(lifecycle.Name, LateDelivery.NotDelivered);
    }

    public async IAsyncEnumerable<LateConnectionStatus> WatchAsync([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        // Unbounded, because every change is promised; changes are as rare as reconnects.
        var changes = Channel.CreateUnbounded<LateConnectionStatus>(new UnboundedChannelOptions { SingleReader = true });
        using (_gate.Enter())
        {
            Deliver();
            changes.Writer.TryWrite(_delivered.Latest);
            if (_isComplete)
            {
                changes.Writer.Complete();
            }
            else
            {
                (_watchers ??= []).Add(changes);
            }
        }

        try
        {
            await foreach (var status in changes.Reader.ReadAllAsync(cancellationToken).ConfigureAwait(false))
            {
                yield return status;
            }
        }
        finally
        {
            using (_gate.Enter())
            {
                if (_watchers?.Remove(changes) == true && _watchers.Count == 0)
                {
                    _watchers = null;
                }
            }
        }
    }

    private void Deliver()
    {
        // Nothing follows a stop. After a fault something may, until it is known that nothing does: looked at before the changes.
        var isLast = lifecycle.Life == LifePhase.Retired;
        while (_delivered.Next is { } next)
        {
            _delivered = next;
            Keep(next);
            isLast |= next.Status.State == LateConnectionState.Stopped;
            _watchers?.ForEach(watcher => watcher.Writer.TryWrite(next.Status));
        }

        if (isLast)
        {
            _isComplete = true;
            _watchers?.ForEach(static watcher => watcher.Writer.TryComplete());
        }
    }

    private void Keep(StatusChange change)
    {
        _oldest ??= change;
        if (_kept == MostKept)
        {
            _oldest = _oldest.Next;
        }
        else
        {
            _kept++;
        }
    }
}
