namespace Late.Hosting.Testing;

/// <summary>Lets waiters check again whenever something has changed.</summary>
internal sealed class Changes
{
    private TaskCompletionSource _next = Create();

    /// <summary>Done with the next change. Taken before looking, it misses none.</summary>
    public Task Next => Volatile.Read(ref _next).Task;

    public void Signal() => Interlocked.Exchange(ref _next, Create()).TrySetResult();

    private static TaskCompletionSource Create() => new(TaskCreationOptions.RunContinuationsAsynchronously);
}
