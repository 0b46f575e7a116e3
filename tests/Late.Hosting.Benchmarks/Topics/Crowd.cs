namespace Late.Hosting.Benchmarks.Topics;

/// <summary>Readers that read burst after burst, and what is known of them: when all have read one, and how often they have waited.</summary>
internal sealed class Crowd(int readers, int burst)
{
    private TaskCompletionSource _read = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource _begun = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private long _waits;
    private int _left;
    private int _begunCount;

    /// <summary>How often they have waited, once each before the first burst.</summary>
    public long Waits => Interlocked.Read(ref _waits);

    /// <summary>Done when all readers wait for the first burst.</summary>
    public Task Begun => _begun.Task;

    /// <summary>Done when all readers have read the next burst.</summary>
    public Task NextBurst()
    {
        _left = readers;
        _read = new(TaskCreationOptions.RunContinuationsAsynchronously);
        return _read.Task;
    }

    public async Task ReadAsync(IAsyncEnumerable<long> source)
    {
        await Task.Yield();
        var (left, waits, isFirst) = (burst, 0, true);
        await using var items = source.GetAsyncEnumerator();
        while (true)
        {
            var next = items.MoveNextAsync();
            waits += next.IsCompleted ? 0 : 1;
            if (isFirst && Interlocked.Increment(ref _begunCount) == readers)
            {
                _begun.TrySetResult();
            }

            isFirst = false;

            if (!await next)
            {
                break;
            }

            if (--left == 0)
            {
                left = burst;
                if (Interlocked.Decrement(ref _left) == 0)
                {
                    _read.TrySetResult();
                }
            }
        }

        Interlocked.Add(ref _waits, waits);
    }
}
