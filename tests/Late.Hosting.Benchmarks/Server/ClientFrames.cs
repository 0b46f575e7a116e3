using System.Buffers.Binary;

namespace Late.Hosting.Benchmarks.Server;

/// <summary>Counts a client's data frames by their headers, and hops over what they carry (RFC 6455 §5.2).</summary>
internal sealed class ClientFrames
{
    private const int MaskBytes = 4;
    private const int MaxHeaderBytes = 14;

    private readonly byte[] _header = new byte[MaxHeaderBytes];
    private int _headerBytes;
    private long _skip;

    /// <summary>True when a close frame has come.</summary>
    public bool HasClosed { get; private set; }

    /// <summary>Goes through the bytes of one read.</summary>
    /// <returns>How many data frames began in them.</returns>
    public int Count(ReadOnlySpan<byte> bytes)
    {
        int count = 0;
        while (true)
        {
            if (_skip >= bytes.Length)
            {
                _skip -= bytes.Length;
                return count;
            }

            bytes = bytes[(int)_skip..];
            _skip = 0;
            if (_headerBytes == 0 && bytes.Length >= MaxHeaderBytes)
            {
                count += Take(bytes, SizeOf(bytes));
                continue;
            }

            // A header in two reads, byte by byte.
            _header[_headerBytes++] = bytes[0];
            bytes = bytes[1..];
            if (_headerBytes >= 2 && _headerBytes == SizeOf(_header))
            {
                int size = _headerBytes;
                _headerBytes = 0;
                count += Take(_header, size);
                _skip -= size;
            }
        }
    }

    private static int SizeOf(ReadOnlySpan<byte> header) => MaskBytes + (header[1] & 0x7F) switch { 126 => 4, 127 => 10, _ => 2 };

    private int Take(ReadOnlySpan<byte> header, int size)
    {
        int length = header[1] & 0x7F;
        _skip = size + length switch
        {
            126 => BinaryPrimitives.ReadUInt16BigEndian(header[2..]),
            127 => BinaryPrimitives.ReadInt64BigEndian(header[2..]),
            _ => length,
        };
        int opcode = header[0] & 0x0F;
        HasClosed |= opcode == 8;
        return opcode < 8 ? 1 : 0;
    }
}
