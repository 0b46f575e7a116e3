namespace Late.Hosting.HostilePeer.Client;

/// <summary>A post, which carries how many frames had been handled before it.</summary>
internal sealed class Note
{
    private readonly TaskCompletionSource<int> _handled = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>How many callbacks of frames had begun when its own began.</summary>
    public Task<int> Handled => _handled.Task;

    public void Handle(int frames) => _handled.TrySetResult(frames);
}
