using System.Buffers;

namespace Late.Hosting.Connection;

/// <summary>What the reader hands over at once: messages in their order, in pooled memory.</summary>
internal sealed class ReceivedFrames : MailboxItem
{
    private byte[]? _array;
    private LateFrame _frame;

    /// <summary>One message in an array of the shared pool, which this gives back.</summary>
    public ReceivedFrames(LateFrameKind kind, byte[] array, int length)
    {
        _array = array;
        _frame = new LateFrame(kind, array, 0, length);
        Bytes = length;
    }

    public override bool TakesRoom => false;

    public int Bytes { get; }

    /// <summary>The messages, each once.</summary>
    public bool TryNext(out LateFrame frame)
    {
        frame = _frame;
        _frame = default;
        return frame.Kind != default;
    }

    public override void Refuse(ConnectionFailure failure) => Release();

    /// <summary>The runner goes through the messages itself.</summary>
    public override bool Begin(Runner runner) => false;

    public void Release()
    {
        if (Interlocked.Exchange(ref _array, null) is { } array)
        {
            ArrayPool<byte>.Shared.Return(array);
        }
    }
}
