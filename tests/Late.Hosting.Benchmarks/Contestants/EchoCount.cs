namespace Late.Hosting.Benchmarks.Contestants;

/// <summary>Knows when as many messages have come as were expected.</summary>
internal sealed class EchoCount
{
    private TaskCompletionSource _allCame = new();
    private int _left;

    /// <summary>Waits for so many from now on.</summary>
    public Task Expect(int count)
    {
        _allCame = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        Volatile.Write(ref _left, count);
        return _allCame.Task;
    }

    public void Add()
    {
        if (Interlocked.Decrement(ref _left) == 0)
        {
            _allCame.SetResult();
        }
    }
}
