namespace Late.Hosting.Benchmarks.Contestants;

/// <summary>Tasks that do the same again and again, until they are asked to stop.</summary>
internal sealed class Callers(int count) : IAsyncDisposable
{
    private readonly CancellationTokenSource _stop = new();
    private Task _all = Task.CompletedTask;

    public void Start(Func<ValueTask> work) =>
        _all = Task.WhenAll(Enumerable.Range(0, count).Select(_ => Task.Run(() => RepeatAsync(work))));

    /// <summary>Ends when each caller has ended what it was doing.</summary>
    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        try
        {
            await _all;
        }
        catch (Exception exception) when (exception is OperationCanceledException or IOException or System.Net.WebSockets.WebSocketException)
        {
            // Its connection went first.
        }

        _stop.Dispose();
    }

    private async Task RepeatAsync(Func<ValueTask> work)
    {
        while (!_stop.IsCancellationRequested)
        {
            await work();
        }
    }
}
