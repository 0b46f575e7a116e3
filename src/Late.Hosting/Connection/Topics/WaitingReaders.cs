using Late.Hosting.Locking;

namespace Late.Hosting.Connection.Topics;

/// <summary>The readers of a topic or a stream that have read all of it. Used under its lock.</summary>
internal sealed class WaitingReaders<TItem>
{
    private TopicReader<TItem>? _first;
    private bool _isToWake;

    /// <summary>Adds a reader; nothing where it waits already.</summary>
    public void Add(TopicReader<TItem> reader)
    {
        if (!reader.IsWaiting)
        {
            (reader.IsWaiting, reader.NextWaiting, _first) = (true, _first, reader);
        }
    }

    /// <summary>Whether they are to be woken: true where there is one, and once until <see cref="Take"/>.</summary>
    public bool TryBeginWake()
    {
        var begins = _first is not null && !_isToWake;
        _isToWake |= begins;
        return begins;
    }

    /// <summary>Takes them all.</summary>
    /// <returns>The first of them.</returns>
    public TopicReader<TItem>? Take()
    {
        var first = _first;
        (_first, _isToWake) = (null, false);
        return first;
    }

    /// <summary>Wakes them all; not under the lock.</summary>
    /// <param name="source">What they read, whose lock it takes.</param>
    public void Wake(ItemSource source)
    {
        TopicReader<TItem>? first;
        using (Gate.EnterOwn(source))
        {
            first = Take();
        }

        for (var reader = first; reader is not null;)
        {
            // In this order: one that does not wait any more may wait again.
            var next = reader.NextWaiting;
            reader.NextWaiting = null;
            reader.IsWaiting = false;
            reader.Wake();
            reader = next;
        }
    }
}
