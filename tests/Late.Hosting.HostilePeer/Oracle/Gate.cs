namespace Late.Hosting.HostilePeer.Oracle;

/// <summary>What some handlers wait for.</summary>
internal sealed class Gate
{
    private readonly TaskCompletionSource _opened = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>The tick in which the first handler came to it; 0 before that.</summary>
    public long ReachedAt { get; private set; }

    /// <summary>The tick in which it was opened; 0 before that.</summary>
    public long OpenedAt { get; private set; }

    public bool IsClosedAndReached => ReachedAt > 0 && OpenedAt == 0;

    public Task PassAsync()
    {
        if (ReachedAt == 0)
        {
            ReachedAt = Math.Max(1, Control.Now);
        }

        return _opened.Task;
    }

    public void Open()
    {
        OpenedAt = Math.Max(1, Control.Now);
        _opened.TrySetResult();
    }
}
