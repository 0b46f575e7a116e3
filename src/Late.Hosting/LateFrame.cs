using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;

namespace Late.Hosting;

/// <summary>
/// A whole text or binary message, received or to be sent (RFC 6455 §5.6).
/// </summary>
/// <remarks>
/// The memory of a received frame belongs to the connection and is valid until the callback that got the frame has
/// completed; <see cref="ToArray"/>, <see cref="GetText"/> and <see cref="ReadJson{T}"/> copy out what must live longer.
/// The memory of a frame that is sent belongs to the caller, who leaves it unchanged until the frame is written: until
/// <see cref="ILateClient.SendAsync(LateFrame, CancellationToken)"/> is done, or, for a frame of a result, until the next
/// callback begins.
/// </remarks>
public readonly struct LateFrame
{
    // A string (text to encode), a byte array, or a MemoryManager<byte>. One field instead of one for each keeps the
    // struct at 24 bytes: it travels with every callback and every result.
    private readonly object? _source;
    private readonly int _offset;
    private readonly int _length;
    private readonly LateFrameKind _kind;

    internal LateFrame(LateFrameKind kind, byte[] array, int offset, int length)
    {
        _source = array;
        _offset = offset;
        _length = length;
        _kind = kind;
    }

    private LateFrame(LateFrameKind kind, ReadOnlyMemory<byte> payload)
    {
        if (System.Runtime.InteropServices.MemoryMarshal.TryGetArray(payload, out var segment))
        {
            (_source, _offset, _length) = (segment.Array, segment.Offset, segment.Count);
        }
        else if (System.Runtime.InteropServices.MemoryMarshal.TryGetMemoryManager(payload, out System.Buffers.MemoryManager<byte>? manager, out _offset, out _length))
        {
            _source = manager;
        }

        _kind = kind;
    }

    private LateFrame(string text)
    {
        _source = text;
        _kind = LateFrameKind.Text;
    }
}
