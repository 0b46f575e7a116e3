namespace Late.Hosting.Diagnostics;

/// <summary>
/// For a task that may be abandoned before it ends: where it fails after that, its exception is not observed, and the
/// runtime would report it as unobserved.
/// </summary>
internal static class TaskObservation
{
    /// <summary>Observes the failure of a task.</summary>
    /// <returns>The task.</returns>
    public static Task Observed(this Task task)
    {
        _ = task.ContinueWith(
            static failed => failed.Exception,
            CancellationToken.None,
            TaskContinuationOptions.OnlyOnFaulted | TaskContinuationOptions.ExecuteSynchronously,
            TaskScheduler.Default);
        return task;
    }
}
