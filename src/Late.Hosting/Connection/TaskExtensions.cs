namespace Late.Hosting.Connection;

/// <summary>For tasks that are waited for only for a time.</summary>
internal static class TaskExtensions
{
    /// <summary>The same task; where it fails after its wait was given up, nobody is left to look at that.</summary>
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
