namespace Late.Hosting.Connection.Lifecycle;

/// <summary>Signals that a new session is requested while there is none, or after a fault a new life. Used under the lifecycle's lock.</summary>
internal sealed class Interruption
{
    private CancellationTokenSource _source = new();

    /// <summary>Canceled by the request.</summary>
    public CancellationToken Token => _source.Token;

    /// <summary>The token is canceled, or will be in a moment.</summary>
    public bool IsRequested { get; private set; }

    /// <summary>Notes a request.</summary>
    /// <returns>What is canceled outside the lock.</returns>
    public CancellationTokenSource Request()
    {
        IsRequested = true;
        return _source;
    }

    /// <summary>Waits for the next request, where there was one.</summary>
    /// <returns>Whether there was.</returns>
    public bool Renew()
    {
        var wasRequested = _source.IsCancellationRequested;
        if (wasRequested)
        {
            Reset();
        }

        return wasRequested;
    }

    /// <summary>Waits for the next request.</summary>
    public void Reset() => (_source, IsRequested) = (new CancellationTokenSource(), false);
}
