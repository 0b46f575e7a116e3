using Late.Hosting.Connection.Streams;
using Late.Hosting.Connection.Topics;

namespace Late.Hosting.Testing;

/// <summary>A stream, from <c>test.StreamAsync(request)</c>. It reads what is there, and does not wait: the test has brought it, or it does not come.</summary>
/// <typeparam name="TItem">The type of the items.</typeparam>
public sealed class LateTestStream<TItem> : IAsyncDisposable
{
    private readonly IReadStream<TItem> _stream;
    private readonly object _request;
    private readonly ReaderEnd _end;

    internal LateTestStream(IReadStream<TItem> stream, object request, Func<Task> cancel, Func<Task> settle) =>
        (_stream, _request, _end) = (stream, request, new ReaderEnd(stream, cancel, settle));

    /// <summary>True when the handler has completed or failed it, or it has ended by itself; items may be left to read.</summary>
    public bool IsEnded => _stream.IsEnded;

    /// <summary>Reads the next item; what ends the stream is thrown behind its items, as in an application.</summary>
    /// <returns>The item.</returns>
    /// <exception cref="LateTestException">There is none, or the stream is complete.</exception>
    public async Task<TItem> NextAsync()
    {
        await _end.SettleAsync().ConfigureAwait(false);
        return _stream.TryRead(out var item) switch
        {
            Reading.Nothing => throw new LateTestException($"The stream of {_request} has no item to read. Feed the handler what it writes from, or advance the clock by CallTimeout."),
            Reading.End => throw new LateTestException($"The stream of {_request} is complete."),
            _ => item!,
        };
    }

    /// <summary>Reads the items that are left, to the end of the stream; what ends the stream is thrown, as in an application.</summary>
    /// <returns>The items.</returns>
    /// <exception cref="LateTestException">The stream has not ended.</exception>
    public async Task<IReadOnlyList<TItem>> ReadToEndAsync()
    {
        await _end.SettleAsync().ConfigureAwait(false);
        var items = new List<TItem>();
        while (true)
        {
            switch (_stream.TryRead(out var item))
            {
                case Reading.Nothing:
                    throw new LateTestException($"The stream of {_request} has not ended; it had {items.Count} items. Feed the handler what it completes it with, or advance the clock by CallTimeout.");
                case Reading.End:
                    return items;
                default:
                    items.Add(item!);
                    break;
            }
        }
    }

    /// <summary>
    /// The reader cancels the stream, and <see cref="NextAsync"/> throws <see cref="OperationCanceledException"/> behind its items: <c>HandleCallEnd</c> has run where the
    /// handler has received it. A stream that has ended stays as it is.
    /// </summary>
    /// <returns>A task that is done when everything that follows from it is done. What the handler throws is thrown here.</returns>
    public Task CancelAsync() => _end.CancelAsync();

    /// <summary>The reader leaves the stream, as by <c>break</c>: <c>HandleCallEnd</c> has run where the handler has received it.</summary>
    /// <returns>A task that is done when everything that follows from it is done. What the handler throws is thrown here.</returns>
    public Task LeaveAsync() => _end.LeaveAsync();

    /// <summary>Leaves the stream, and waits for nothing.</summary>
    /// <returns>A completed task.</returns>
    public ValueTask DisposeAsync() => _end.DisposeAsync();
}
