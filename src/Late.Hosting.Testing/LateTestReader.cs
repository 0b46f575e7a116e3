using Late.Hosting.Connection.Topics;

namespace Late.Hosting.Testing;

/// <summary>A reader of a topic, from <c>test.SubscribeAsync(topic)</c>. It reads what is there, and does not wait: the test has brought it, or it does not come.</summary>
/// <typeparam name="TItem">The type of the items.</typeparam>
public sealed class LateTestReader<TItem> : IAsyncDisposable
{
    private readonly TopicReader<TItem> _reader;
    private readonly Task _confirmed;
    private readonly ReaderEnd _end;

    internal LateTestReader(TopicReader<TItem> reader, Task confirmed, Func<Task> cancel, Func<Task> settle) =>
        (_reader, _confirmed, _end) = (reader, confirmed, new ReaderEnd(reader, cancel, settle));

    /// <summary>True when the topic is confirmed to it: what an application waits for in <c>SubscribeAsync</c>.</summary>
    public bool IsConfirmed => _reader.Confirmed.IsCompletedSuccessfully;

    /// <summary>How many items were dropped so far, because the reader was slower than its topic.</summary>
    public long Dropped => _reader.Dropped;

    /// <summary>Reads the next item, as <see cref="LateSubscription{T}.ReadAllAsync"/> does: it throws what that throws.</summary>
    /// <returns>The item.</returns>
    /// <exception cref="LateTestException">There is none, or the topic is not confirmed.</exception>
    /// <exception cref="LateGapException">Items are missing in this place; the next item may be read.</exception>
    public async Task<TItem> NextAsync() => (await NextAsync(itemsAlone: true).ConfigureAwait(false)).Item;

    /// <summary>Reads the next item or event, as <see cref="LateSubscription{T}.ReadEventsAsync"/> does: it throws what that throws.</summary>
    /// <returns>The item, or the event.</returns>
    /// <exception cref="LateTestException">There is none, or the topic is not confirmed.</exception>
    public Task<LateSubscriptionEvent<TItem>> NextEventAsync() => NextAsync(itemsAlone: false);

    /// <summary>
    /// The subscriber cancels the subscription while it waits for the topic, and <see cref="NextAsync()"/> throws <see cref="OperationCanceledException"/>. One that is
    /// confirmed stays as it is.
    /// </summary>
    /// <returns>A task that is done when everything that follows from it is done. What the handler throws is thrown here.</returns>
    public Task CancelAsync() => _end.CancelAsync();

    /// <summary>Leaves the topic; <c>HandleUnsubscribe</c> has run where it was the last reader, and nothing lingers.</summary>
    /// <returns>A task that is done when everything that follows from it is done. What the handler throws is thrown here.</returns>
    public Task LeaveAsync() => _end.LeaveAsync();

    /// <summary>Leaves the topic, and waits for nothing.</summary>
    /// <returns>A completed task.</returns>
    public ValueTask DisposeAsync() => _end.DisposeAsync();

    private async Task<LateSubscriptionEvent<TItem>> NextAsync(bool itemsAlone)
    {
        await _end.SettleAsync().ConfigureAwait(false);
        if (_reader.HasLeft && _reader.Confirmed.IsCompletedSuccessfully)
        {
            throw HasEnded();
        }

        if (!_reader.Confirmed.IsCompleted)
        {
            throw new LateTestException(
                $"The subscription to {_reader.TopicName} is not confirmed. Feed the handler what it waits for (HoldConfirm), connect it, or advance the clock by CallTimeout.");
        }

        await _confirmed.ConfigureAwait(false);
        return _reader.TryRead(itemsAlone, out var next) switch
        {
            Reading.Nothing => throw new LateTestException($"The reader of {_reader.TopicName} has read everything. Feed the handler what it publishes from."),
            Reading.End => throw HasEnded(),
            _ => next,
        };
    }

    private LateTestException HasEnded() => new($"The reader of {_reader.TopicName} has left, or its topic is complete.");
}
