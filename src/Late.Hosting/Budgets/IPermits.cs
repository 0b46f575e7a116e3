namespace Late.Hosting.Budgets;

/// <summary>Says when the next attempt may begin. It is asked by one at a time.</summary>
internal interface IPermits
{
    /// <summary>Waits until an attempt may begin.</summary>
    /// <returns>What is disposed when the server has answered.</returns>
    Task<IDisposable> AcquireAsync(CancellationToken cancellationToken);

    /// <summary>What was saved up is gone: after a time the attempts go one by one.</summary>
    void StartOver(TimeSpan after);
}
