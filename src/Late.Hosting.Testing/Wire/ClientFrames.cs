using System.Buffers.Binary;
using System.Runtime.InteropServices;
using Late.Hosting.WebSockets;

namespace Late.Hosting.Testing.Wire;

/// <summary>Reads what a client writes, in whatever pieces it comes: masked frames, each a whole message (RFC 6455 §5.1, §5.2).</summary>
internal sealed class ClientFrames
{
    private const int FinalBit = 0x80;
    private const int ReservedBits = 0x70;
    private const int MaskBit = 0x80;
    private const int MaskBytes = 4;

    private readonly List<byte> _bytes = [];

    public void Add(ReadOnlySpan<byte> bytes) => _bytes.AddRange(bytes);

    /// <summary>Takes the next frame; false where it has not come whole.</summary>
    public bool TryNext(out Opcode opcode, out byte[] payload)
    {
        (opcode, payload) = (default, []);
        var bytes = CollectionsMarshal.AsSpan(_bytes);
        if (bytes.Length < 2 || bytes.Length < HeaderBytes(bytes[1]))
        {
            return false;
        }

        var header = HeaderBytes(bytes[1]);
        var length = (bytes[1] & ~MaskBit) switch
        {
            126 => BinaryPrimitives.ReadUInt16BigEndian(bytes[2..]),
            127 => checked((int)BinaryPrimitives.ReadInt64BigEndian(bytes[2..])),
            var small => small,
        };
        if (bytes.Length < header + length)
        {
            return false;
        }

        Check(bytes[0], bytes[1]);
        opcode = (Opcode)(bytes[0] & 0x0F);
        payload = new byte[length];
        Masking.Mask(bytes.Slice(header, length), payload, MemoryMarshal.Read<uint>(bytes[(header - MaskBytes)..]));
        _bytes.RemoveRange(0, header + length);
        return true;
    }

    private static int HeaderBytes(byte second) => MaskBytes + ((second & ~MaskBit) switch { 126 => 4, 127 => 10, _ => 2 });

    // What the library would break only by a bug of its own.
    private static void Check(byte first, byte second)
    {
        if ((second & MaskBit) == 0 || (first & FinalBit) == 0 || (first & ReservedBits) != 0)
        {
            throw new InvalidOperationException($"The client wrote a frame that begins with {first:X2} {second:X2}. This is a bug of Late.Hosting.");
        }
    }
}
