namespace Late.Hosting.Budgets;

/// <summary>Grants the permits of attempts. It is called by one thread at a time.</summary>
internal interface IPermits
{
    /// <summary>Waits until an attempt may begin.</summary>
    /// <returns>What is disposed when the server has answered.</returns>
    Task<IDisposable> AcquireAsync(CancellationToken cancellationToken);

    /// <summary>What was saved up is gone: after a time the attempts go one by one.</summary>
    void StartOver(TimeSpan after);
}
