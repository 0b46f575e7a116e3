using Late.Hosting.WebSockets;

namespace Late.Hosting.Connection.Mailboxes;

/// <summary>What one read brought, on its way through the mailbox. It is reused: no reference to it is kept after its release.</summary>
internal sealed class ReceivedFrames
{
    private static readonly Pool<ReceivedFrames> s_pool = new(capacity: 256);

    private FrameBatch? _batch;
    private int _next;

    /// <summary>How much of <see cref="LateConnectionOptions.ReceiveBufferBytes"/> it takes: all the memory that it holds (promise P17).</summary>
    public long Bytes { get; private set; }

    /// <summary>How many messages there are.</summary>
    public int Count => _batch!.Count;

    public static ReceivedFrames Rent(FrameBatch batch)
    {
        var frames = s_pool.Rent();
        (frames._batch, frames._next, frames.Bytes) = (batch, 0, batch.HeldBytes);
        return frames;
    }

    /// <summary>True while there are messages that <see cref="TryNext"/> has not handed out.</summary>
    public bool HasNext => _next < _batch!.Count;

    /// <summary>The messages, each once and until the next.</summary>
    public bool TryNext(out LateFrame frame)
    {
        if (_next < _batch!.Count)
        {
            frame = _batch.Open(_next++);
            return true;
        }

        frame = default;
        return false;
    }

    /// <summary>The callback of the last message has completed: it can be read no more.</summary>
    public void CloseLast() => _batch!.Close();

    public void Release()
    {
        _batch!.Release();
        _batch = null;
        s_pool.Return(this);
    }
}
