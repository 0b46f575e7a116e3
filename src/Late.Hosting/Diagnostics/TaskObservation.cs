namespace Late.Hosting.Diagnostics;

/// <summary>
/// For a task that may be given up before it ends: where it fails after that, nobody is there to look at it, and the
/// runtime would report it as unobserved.
/// </summary>
internal static class TaskObservation
{
    /// <summary>Looks at the failure of a task, whoever else does.</summary>
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
