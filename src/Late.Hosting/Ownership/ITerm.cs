namespace Late.Hosting.Ownership;

/// <summary>The time in which this host owns a connection, from an acquired lease to its end.</summary>
internal interface ITerm : IWriteGate
{
    /// <summary>The lease.</summary>
    LateLease Lease { get; }

    /// <summary>The life ends: the term is not prolonged any more.</summary>
    void StopRenewing();

    /// <summary>Gives it to others. Nothing is signaled from then on.</summary>
    /// <param name="cancellationToken">Canceled when that is no longer waited for.</param>
    Task ReleaseAsync(CancellationToken cancellationToken);
}
