using System.Globalization;
using System.Runtime.CompilerServices;
using System.Threading.Channels;
using Late.Hosting.Diagnostics;
using static Late.Hosting.LateConnectionState;

namespace Late.Hosting.Connection.Lifecycle;

/// <summary>The connection's state: the one place that writes it, and tells those who watch.</summary>
internal sealed class ConnectionStatus
{
    private readonly Lock _gate = new();
    private readonly TimeProvider _time;
    private readonly string _name;
    private List<Channel<LateConnectionStatus>>? _watchers;
    private readonly RecentList<LateConnectionStatus> _changes = new(capacity: 100);
    private volatile LateConnectionStatus _current;
    private DateTimeOffset? _notReadySince;
    private bool _isOver;
    private bool _isRefused;

    public ConnectionStatus(string name, TimeProvider time)
    {
        (_name, _time) = (name, time);
        _current = new LateConnectionStatus { State = Stopped, Since = time.GetUtcNow(), Reason = "The connection is not started." };
        _notReadySince = _current.Since;
    }

    public LateConnectionStatus Current => _current;

    /// <summary>Whether the connection has ever been ready.</summary>
    public bool WasReady { get; private set; }

    /// <summary>Whether the last attempt was refused, for a reason that waiting alone does not remove.</summary>
    public bool IsRefused { get => Volatile.Read(ref _isRefused); set => Volatile.Write(ref _isRefused, value); }

    /// <summary>Since when the connection is not ready, over all states and attempts; null while it is.</summary>
    public DateTimeOffset? NotReadySince
    {
        get
        {
            lock (_gate)
            {
                return _notReadySince;
            }
        }
    }

    /// <summary>The last changes, the oldest first.</summary>
    public IReadOnlyList<LateConnectionStatus> RecentChanges => _changes.ToArray();

    /// <summary>Goes to a state. One that does not follow from the present one is a bug, and throws.</summary>
    public void Move(LateConnectionState to, string reason, Exception? exception = null, int? attempt = null)
    {
        lock (_gate)
        {
            Write(to, reason, exception, attempt);
        }
    }

    /// <summary>
    /// Goes to a state unless the connection ends: a stop and a fault come at any moment, and win over what a session or
    /// an attempt has to say.
    /// </summary>
    /// <returns>False where the connection ends.</returns>
    public bool TryMove(LateConnectionState to, string reason, Exception? exception = null, int? attempt = null)
    {
        lock (_gate)
        {
            if (_isOver || _current.State is Stopping or Faulted)
            {
                return false;
            }

            Write(to, reason, exception, attempt);
            return true;
        }
    }

    /// <summary>What the connection was stopped by, once it is stopping.</summary>
    public LateTerminateKind StoppedBy { get; private set; }

    /// <summary>Goes to Stopping from wherever the connection is; false where it was there or is over.</summary>
    public bool TryStop(string reason, LateTerminateKind by)
    {
        lock (_gate)
        {
            if (_isOver || _current.State == Stopping)
            {
                return false;
            }

            StoppedBy = by;
            Write(Stopping, reason, _current.State == Faulted ? _current.Exception : null, null);
            return true;
        }
    }

    /// <summary>Goes from Stopping to Stopped; false from anywhere else. A host may be stopped twice at once.</summary>
    public bool TryFinish(string reason)
    {
        lock (_gate)
        {
            if (_current.State != Stopping)
            {
                return false;
            }

            Write(Stopped, reason, _current.Exception, null);
            return true;
        }
    }

    /// <summary>Nothing follows a fault any more: those who watch have seen all.</summary>
    public void Complete()
    {
        lock (_gate)
        {
            if (_current.State != Faulted)
            {
                return;
            }

            _isOver = true;
            _watchers?.ForEach(static watcher => watcher.Writer.TryComplete());
        }
    }

    /// <summary>Notes when the next attempt begins, after how many: no change of the state, and not told to watchers.</summary>
    public void SetNextAttempt(DateTimeOffset at, int attempts)
    {
        lock (_gate)
        {
            if (_current.State == LateConnectionState.Reconnecting)
            {
                _current = _current with { NextAttemptAt = at, Attempt = attempts };
            }
        }
    }

    /// <summary>Notes that an attempt has something else to wait for: no change of the state, and not told to watchers.</summary>
    public void SetConnectingReason(string reason)
    {
        lock (_gate)
        {
            if (_current.State == Connecting)
            {
                _current = _current with { Reason = reason };
            }
        }
    }

    /// <summary>True from the connection's start: until its first attempt it is stopped, and will not stay so.</summary>
    public bool HasStarted { get; set; }

    /// <summary>True where nothing follows.</summary>
    public bool IsOver => Volatile.Read(ref _isOver);

    /// <summary>The state in a sentence, for the messages of exceptions.</summary>
    public string Explain() => Explain(_current);

    /// <inheritdoc cref="Explain()"/>
    public string Explain(LateConnectionStatus current) => $"Connection '{_name}' {Describe(current)}";

    /// <summary>The same for a sentence that has the connection's name already.</summary>
    public string Describe() => $"It {Describe(_current)}";

    private string Describe(LateConnectionStatus current) => current.State switch
    {
        Stopped when !IsOver => HasStarted ? "is starting, and InitAsync runs." : "is not started: the host starts its services in the order of their registration.",
        Ready => string.Create(CultureInfo.InvariantCulture, $"is Ready since {current.Since:u}, and takes no work at this moment: its handler is busy, or its session ends."),
        _ => string.Create(CultureInfo.InvariantCulture, $"is {current.State} since {current.Since:u}: {LateException.WithoutName(_name, current.Reason)}"),
    };

    public async Task WaitForReadyAsync(CancellationToken cancellationToken)
    {
        await foreach (var status in WatchAsync(cancellationToken).ConfigureAwait(false))
        {
            switch (status.State)
            {
                case Ready:
                    return;
                case Faulted:
                    throw ConnectionFailure.Faulted(status.Reason, status.Exception).ToException(_name, LateDelivery.NotDelivered);
                case Stopping:
                    throw ConnectionFailure.Stopped.ToException(_name, LateDelivery.NotDelivered);
            }
        }

        throw ConnectionFailure.Stopped.ToException(_name, LateDelivery.NotDelivered);
    }

    public async IAsyncEnumerable<LateConnectionStatus> WatchAsync([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        // Unbounded, because every change is promised; changes are as rare as reconnects.
        var changes = Channel.CreateUnbounded<LateConnectionStatus>(new UnboundedChannelOptions { SingleReader = true });
        lock (_gate)
        {
            changes.Writer.TryWrite(_current);
            if (_isOver)
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
            lock (_gate)
            {
                if (_watchers?.Remove(changes) == true && _watchers.Count == 0)
                {
                    _watchers = null;
                }
            }
        }
    }

    private void Write(LateConnectionState to, string reason, Exception? exception, int? attempt)
    {
        var from = _current;
        if (_isOver || !Follows(from.State, to))
        {
            throw new InvalidOperationException($"Connection '{_name}' cannot go from {from.State} to {to} ({reason}). This is a bug of Late.Hosting.");
        }

        _current = new LateConnectionStatus
        {
            State = to,
            Since = _time.GetUtcNow(),
            Reason = reason,
            Exception = exception,
            Attempt = attempt ?? from.Attempt,
        };
        _isOver = to == Stopped;
        WasReady |= to == Ready;
        IsRefused &= to != Ready;
        _notReadySince = to == Ready ? null : from.State is Ready or Stopped ? _current.Since : _notReadySince;
        _changes.Add(_current);
        _watchers?.ForEach(watcher =>
        {
            watcher.Writer.TryWrite(_current);
            if (_isOver)
            {
                watcher.Writer.Complete();
            }
        });
    }

    private static bool Follows(LateConnectionState from, LateConnectionState to) => (from, to) switch
    {
        (Stopped or LateConnectionState.Reconnecting, Connecting) => true,
        (Connecting, Connected) => true,
        (Connected, Ready) => true,
        (Connecting or Connected or Ready, LateConnectionState.Reconnecting) => true,
        (Stopped or Connecting or Connected or Ready or LateConnectionState.Reconnecting or Faulted, Stopping) => true,
        (Stopping, Stopped) => true,
        (Stopped or Connecting or Connected or Ready or LateConnectionState.Reconnecting, Faulted) => true,
        _ => false,
    };
}
