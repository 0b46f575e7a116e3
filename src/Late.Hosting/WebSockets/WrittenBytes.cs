using System.Buffers;

namespace Late.Hosting.WebSockets;

/// <summary>Frames ready for the stream, taken from the writer so that it can continue while these are sent.</summary>
internal readonly struct WrittenBytes(byte[] array, int length)
{
    public ReadOnlyMemory<byte> Memory => new(array, 0, length);

    /// <summary>Gives the memory back. Once, and not while a write of it may still be running.</summary>
    public void Return()
    {
        if (array is { Length: > 0 })
        {
            ArrayPool<byte>.Shared.Return(array);
        }
    }
}
