using Late.Hosting.WebSockets;

namespace Late.Hosting.Connection;

/// <summary>What one read brought, as one item of the mailbox. It is reused: whoever releases it forgets it.</summary>
internal sealed class ReceivedFrames : MailboxItem
{
    // What a message costs beside its payload, so that a flood of empty ones is bounded too.
    private const int BytesPerFrame = 16;

    private static readonly Pool<ReceivedFrames> s_pool = new(capacity: 256);

    private FrameBatch? _batch;
    private int _next;

    public override bool TakesRoom => false;

    /// <summary>How much of <see cref="LateConnectionOptions.ReceiveBufferBytes"/> it takes.</summary>
    public long Bytes { get; private set; }

    /// <summary>How many messages there are.</summary>
    public int Count => _batch!.Count;

    public static ReceivedFrames Rent(FrameBatch batch)
    {
        var frames = s_pool.Rent();
        (frames._batch, frames._next) = (batch, 0);
        frames.Bytes = batch.Bytes + (BytesPerFrame * batch.Count);
        return frames;
    }

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

    public override void Refuse(ConnectionFailure failure) => Release();

    /// <summary>The runner goes through the messages itself.</summary>
    public override bool Begin(Runner runner) => false;

    public void Release()
    {
        _batch!.Release();
        _batch = null;
        s_pool.Return(this);
    }
}
