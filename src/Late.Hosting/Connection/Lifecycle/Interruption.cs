namespace Late.Hosting.Connection.Lifecycle;

/// <summary>Signals that a new session is requested while there is none, or after a fault a new life. Used under the lifecycle's lock.</summary>
internal sealed class Interruption
{
    private CancellationTokenSource _source = new();
    private bool _isByReload;

    /// <summary>Canceled by the request.</summary>
    public CancellationToken Token => _source.Token;

    /// <summary>The token is canceled, or will be in a moment.</summary>
    public bool IsRequested { get; private set; }

    /// <summary>That is not by reloads alone: behind those, what was requested before is still to be done, with other options.</summary>
    public bool HasOtherRequest => IsRequested && !_isByReload;

    /// <summary>The delay before what is requested; null for none.</summary>
    public TimeSpan? After { get; private set; }

    /// <summary>Notes a request.</summary>
    /// <param name="after">The delay before what is requested; null for none.</param>
    /// <param name="isReload">Whether options have changed, and nothing else is requested.</param>
    /// <returns>What is canceled outside the lock.</returns>
    public CancellationTokenSource Request(TimeSpan? after, bool isReload)
    {
        (IsRequested, _isByReload, After) = (true, isReload && !HasOtherRequest, after);
        return _source;
    }

    /// <summary>Interrupts what is attempted or waited for, without a request: the life ends.</summary>
    /// <returns>What is canceled outside the lock.</returns>
    public CancellationTokenSource EndLife() => _source;

    /// <summary>Waits for the next request, where the token was canceled.</summary>
    /// <returns>Whether by a request.</returns>
    public bool Renew()
    {
        var wasRequested = IsRequested && _source.IsCancellationRequested;
        if (_source.IsCancellationRequested)
        {
            Reset();
        }

        return wasRequested;
    }

    /// <summary>Waits for the next request too: one that was not carried out yet remains.</summary>
    public void Rearm() => _source = IsRequested || _source.IsCancellationRequested ? new CancellationTokenSource() : _source;

    /// <summary>Waits for the next request.</summary>
    public void Reset() => (_source, IsRequested, After) = (new CancellationTokenSource(), false, null);
}
