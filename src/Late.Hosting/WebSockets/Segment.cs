using System.Buffers;
using System.Diagnostics;

namespace Late.Hosting.WebSockets;

/// <summary>
/// A pooled array that is read into once and then looked at by several: the reader that still fills it, and each batch
/// that has frames in it. The last of them gives the array back.
/// </summary>
internal sealed class Segment
{
    private static readonly Pool<Segment> s_pool = new(capacity: 1024);

    private byte[] _array = [];
    private int _references;

    public byte[] Array => _array;

    /// <summary>True while a batch still looks at the array. Only the reader adds holders, so a false stays false for it.</summary>
    public bool IsShared => Volatile.Read(ref _references) > 1;

    public static Segment Rent(int minimumLength)
    {
        var segment = s_pool.Rent();
        segment._array = ArrayPool<byte>.Shared.Rent(Math.Max(minimumLength, 1));
        segment._references = 1;
        return segment;
    }

    public void AddReference() => Interlocked.Increment(ref _references);

    public void Release()
    {
        int left = Interlocked.Decrement(ref _references);
        Debug.Assert(left >= 0, "A segment was released once too often.");
        if (left == 0)
        {
            ArrayPool<byte>.Shared.Return(_array);
            _array = [];
            s_pool.Return(this);
        }
    }
}
