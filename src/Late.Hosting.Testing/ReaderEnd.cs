namespace Late.Hosting.Testing;

/// <summary>How a test's reader of a topic or a stream ends by itself.</summary>
/// <param name="reader">The reader.</param>
/// <param name="cancel">Cancels what it waits for.</param>
/// <param name="settle">Waits until everything that follows is done.</param>
internal sealed class ReaderEnd(IDisposable reader, Func<Task> cancel, Func<Task> settle)
{
    public Task SettleAsync() => settle();

    public Task CancelAsync() => cancel();

    public Task LeaveAsync()
    {
        reader.Dispose();
        return settle();
    }

    public ValueTask DisposeAsync()
    {
        reader.Dispose();
        return default;
    }
}
