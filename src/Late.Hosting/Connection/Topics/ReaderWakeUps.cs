namespace Late.Hosting.Connection.Topics;

/// <summary>
/// Wakes the readers of a connection's topics: where callbacks publish a burst of items, once when the burst is over, and otherwise
/// immediately.
/// </summary>
internal sealed class ReaderWakeUps
{
    private Topic? _first;
    private int _isBurst;
    private volatile bool _isUsed;

    /// <summary>There is a topic. Before the first, a burst costs nothing.</summary>
    public void Use() => _isUsed = true;

    /// <summary>Callbacks begin that complete synchronously, or the first part of one.</summary>
    public void BeginBurst()
    {
        if (_isUsed)
        {
            Volatile.Write(ref _isBurst, 1);
        }
    }

    /// <summary>They have returned.</summary>
    public void EndBurst()
    {
        if (Volatile.Read(ref _isBurst) != 0)
        {
            // A fence: what another thread adds from here on, it wakes itself.
            Interlocked.Exchange(ref _isBurst, 0);
            WakeAll();
        }
    }

    /// <summary>A topic has readers to wake, and is not added yet.</summary>
    public void Add(Topic topic)
    {
        Topic? first;
        do
        {
            first = Volatile.Read(ref _first);
            topic.NextToWake = first;
        }
        while (Interlocked.CompareExchange(ref _first, topic, first) != first);

        if (Volatile.Read(ref _isBurst) == 0)
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

        for (var topic = Interlocked.Exchange(ref _first, null); topic is not null;)
        {
            // In this order: a topic whose readers are woken may be added again.
            var next = topic.NextToWake;
            topic.NextToWake = null;
            topic.WakeReaders();
            topic = next;
        }
    }
}
