namespace Late.Hosting.Connection.Topics;

/// <summary>
/// Wakes the readers of a connection's topics and streams: where callbacks publish a burst of items, once when the burst is over, and otherwise
/// immediately. What another thread publishes meanwhile does not wait for a callback that blocks.
/// </summary>
internal sealed class ReaderWakeUps
{
    private ItemSource? _first;
    private int _burstThread;
    private volatile bool _isUsed;

    /// <summary>There is a topic or a stream. Before the first, a burst costs nothing.</summary>
    public void Use() => _isUsed = true;

    /// <summary>Callbacks begin that complete synchronously, or the first part of one.</summary>
    public void BeginBurst()
    {
        if (_isUsed)
        {
            Volatile.Write(ref _burstThread, Environment.CurrentManagedThreadId);
        }
    }

    /// <summary>They have returned.</summary>
    public void EndBurst()
    {
        if (Volatile.Read(ref _burstThread) != 0)
        {
            Volatile.Write(ref _burstThread, 0);
            WakeAll();
        }
    }

    /// <summary>A topic or a stream has readers to wake, and is not added yet.</summary>
    public void Add(ItemSource source)
    {
        ItemSource? first;
        do
        {
            first = Volatile.Read(ref _first);
            source.NextToWake = first;
        }
        while (Interlocked.CompareExchange(ref _first, source, first) != first);

        if (Volatile.Read(ref _burstThread) != Environment.CurrentManagedThreadId)
        {
            WakeAll();
        }
    }

    private void WakeAll()
    {
        if (Volatile.Read(ref _first) is null)
        {
            return;
        }

        for (var source = Interlocked.Exchange(ref _first, null); source is not null;)
        {
            // In this order: one whose readers are woken may be added again.
            var next = source.NextToWake;
            source.NextToWake = null;
            source.WakeReaders();
            source = next;
        }
    }
}
