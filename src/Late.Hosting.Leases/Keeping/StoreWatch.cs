using Late.Hosting.Diagnostics;

namespace Late.Hosting.Leases.Keeping;

/// <summary>Knows whether the store of a lease answers, and logs where that changes.</summary>
internal sealed class StoreWatch(LeaseParts parts)
{
    private volatile string? _problem;

    /// <summary>Why the store does not answer, in one sentence; null where it does.</summary>
    public string? Problem => _problem;

    /// <summary>A request has failed.</summary>
    /// <returns>The same in one sentence.</returns>
    public string Failed(Exception exception)
    {
        var isFirst = _problem is null;
        var problem = _problem = $"The store of the lease '{parts.Lease}' could not be asked: {TypeName.Of(exception.GetType())}.";
        if (isFirst)
        {
            parts.Log.StoreFailed(parts.Connection.Name, parts.Lease, parts.Connection.Loggable(exception));
        }

        return problem;
    }

    /// <summary>A request was answered.</summary>
    public void Answered()
    {
        if (_problem is not null)
        {
            _problem = null;
            parts.Log.StoreAnswers(parts.Connection.Name, parts.Lease);
        }
    }
}
