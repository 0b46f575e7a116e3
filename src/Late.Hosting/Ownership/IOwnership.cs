namespace Late.Hosting.Ownership;

/// <summary>Decides whether this host runs a connection. The connection knows nothing of where that is decided.</summary>
internal interface IOwnership
{
    /// <summary>Waits until this host owns the connection.</summary>
    /// <param name="stopping">Canceled when the connection stops.</param>
    /// <exception cref="OperationCanceledException">It stops.</exception>
    Task<ITerm> AcquireAsync(CancellationToken stopping);
}
