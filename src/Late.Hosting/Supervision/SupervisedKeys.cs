using System.Diagnostics.CodeAnalysis;
using Late.Hosting.Connection.Lifecycle;
using Late.Hosting.Locking;
using Late.Hosting.Observability;

namespace Late.Hosting.Supervision;

/// <summary>Which connection has which key: one dictionary, and a lock around it.</summary>
internal sealed class SupervisedKeys<THandler>(string supervisor, Func<LateSupervisorOptions> options)
    where THandler : class, ILateHandler
{
    private readonly Gate _gate = new();
    private readonly Dictionary<string, Supervised<THandler>> _connections = new(StringComparer.Ordinal);
    private Traffic _gone;
    private bool _isStopping;

    /// <summary>The connections as they are now.</summary>
    public Supervised<THandler>[] All
    {
        get
        {
            using (_gate.Enter())
            {
                return [.. _connections.Values];
            }
        }
    }

    /// <summary>The connections as they are now, and what those have sent and received that there were before.</summary>
    public IReadOnlyList<DirectoryEntry> Look(out Traffic gone)
    {
        using (_gate.Enter())
        {
            gone = _gone;
            return [.. _connections.Values.Select(static connection => connection.Entry)];
        }
    }

    public Supervised<THandler>? Find(string key)
    {
        using (_gate.Enter())
        {
            return _connections.GetValueOrDefault(key);
        }
    }

    /// <summary>Takes a key, unless another connection has it; what was made for nothing is given back.</summary>
    /// <exception cref="LateStoppedException">No connection is started any more.</exception>
    /// <exception cref="LateConnectionLimitException">There are as many as may be.</exception>
    public bool TryAdd(Supervised<THandler> connection, bool replacesEnded, [NotNullWhen(false)] out Supervised<THandler>? other)
    {
        var most = options().MaxConnections;
        var isAdded = false;
        try
        {
            using (_gate.Enter())
            {
                ThrowIfOver(connection.Context.Name);
                if (_connections.TryGetValue(connection.Key, out other) && !(replacesEnded && other is { HasEnded: true, IsStopping: false }))
                {
                    return false;
                }

                if (other is null && _connections.Count >= most)
                {
                    throw new LateConnectionLimitException(connection.Context.Name,
                        $"Connection '{connection.Context.Name}' was not started: supervisor '{supervisor}' has {_connections.Count} connections, as many as MaxConnections allows. Stop one first, or raise MaxConnections.");
                }

                Put(connection, other);
                isAdded = true;
            }

            other?.Release();
            return true;
        }
        finally
        {
            if (!isAdded)
            {
                connection.Dispose();
            }
        }
    }

    /// <summary>Puts the next life of a connection in its place, unless it was stopped or replaced meanwhile.</summary>
    public bool TryReplace(Supervised<THandler> connection, Supervised<THandler> next)
    {
        using (_gate.Enter())
        {
            if (!Has(connection))
            {
                return false;
            }

            Put(next, connection);
        }

        connection.Release();
        return true;
    }

    /// <summary>False where it was stopped or replaced.</summary>
    public bool IsCurrent(Supervised<THandler> connection)
    {
        using (_gate.Enter())
        {
            return Has(connection);
        }
    }

    public bool IsStopping(Supervised<THandler> connection)
    {
        using (_gate.Enter())
        {
            return connection.IsStopping;
        }
    }

    /// <summary>Begins the stop of a key's connection: it is not restarted, and its key is not free before it has ended.</summary>
    /// <returns>Null where there is none.</returns>
    public Supervised<THandler>? BeginStop(string key)
    {
        using (_gate.Enter())
        {
            var connection = _connections.GetValueOrDefault(key);
            if (connection is not null)
            {
                connection.IsStopping = true;
            }

            return connection;
        }
    }

    /// <summary>The same, of a connection whose start has failed.</summary>
    public void SetStopping(Supervised<THandler> connection)
    {
        using (_gate.Enter())
        {
            connection.IsStopping = true;
        }
    }

    /// <summary>Takes no more connections, and begins the stop of those that there are.</summary>
    public Supervised<THandler>[] StopAll()
    {
        using (_gate.Enter())
        {
            _isStopping = true;
            foreach (var connection in _connections.Values)
            {
                connection.IsStopping = true;
            }

            return [.. _connections.Values];
        }
    }

    /// <exception cref="LateStoppedException">No connection is started any more.</exception>
    public void ThrowIfStopping(string connection)
    {
        using (_gate.Enter())
        {
            ThrowIfOver(connection);
        }
    }

    /// <summary>Makes the key of a connection free; nothing where it is another's.</summary>
    public void Remove(Supervised<THandler> connection)
    {
        using (_gate.Enter())
        {
            if (_connections.GetValueOrDefault(connection.Key) == connection)
            {
                _gone += connection.Entry.FinalTraffic;
                _connections.Remove(connection.Key);
            }
        }
    }

    private void ThrowIfOver(string connection)
    {
        if (_isStopping)
        {
            throw ConnectionFailure.Stopped.ToException(connection, LateDelivery.NotDelivered);
        }
    }

    private bool Has(Supervised<THandler> connection) =>
        !_isStopping && !connection.IsStopping && _connections.GetValueOrDefault(connection.Key) == connection;

    /// <summary>Gives a key to a connection; its previous holder is released afterwards, outside the lock.</summary>
    private void Put(Supervised<THandler> connection, Supervised<THandler>? before)
    {
        _connections[connection.Key] = connection;
        _gone += before?.Entry.FinalTraffic ?? default;
    }
}
