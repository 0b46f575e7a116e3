namespace Late.Hosting.Tests.WebSockets;

/// <summary>
/// Writes the compressed messages of one connection block by block, as a server may that uses final blocks where it likes
/// (RFC 1951; RFC 7692 §7.2.3.4), and inflates them itself.
/// </summary>
internal sealed class DeflateWriter
{
    private readonly List<byte> _bytes = [];
    private readonly List<byte> _inflated = [];
    private int _bit;
    private int _begin;

    /// <summary>The present message, inflated.</summary>
    public byte[] Inflated => [.. _inflated.Skip(_begin)];

    /// <summary>How far back a match may refer.</summary>
    public int Window => Math.Min(_inflated.Count, 32 * 1024);

    /// <summary>A block without compression.</summary>
    public DeflateWriter Stored(ReadOnlySpan<byte> bytes, bool isFinal = false)
    {
        Bits(isFinal ? 1 : 0, 3);
        Align();
        _bytes.AddRange([(byte)bytes.Length, (byte)(bytes.Length >> 8), (byte)~bytes.Length, (byte)(~bytes.Length >> 8), .. bytes]);
        _inflated.AddRange(bytes);
        return Follow(isFinal);
    }

    /// <summary>A block with fixed codes: literals, and then a match of 3 to 10 bytes where a distance is given.</summary>
    public DeflateWriter Fixed(ReadOnlySpan<byte> literals, int distance = 0, int length = 3, bool isFinal = false)
    {
        Bits(isFinal ? 3 : 2, 3);
        foreach (byte literal in literals)
        {
            Code(literal < 144 ? 0x30 + literal : 0x190 + literal - 144, literal < 144 ? 8 : 9);
            _inflated.Add(literal);
        }

        if (distance > 0)
        {
            Code(length - 2, 7);
            int symbol = 0, low = 1, extra = 0;
            while (distance >= low + (1 << extra))
            {
                low += 1 << extra;
                extra = ++symbol < 4 ? 0 : (symbol / 2) - 1;
            }

            Code(symbol, 5);
            Bits(distance - low, extra);
            for (int i = 0; i < length; i++)
            {
                _inflated.Add(_inflated[^distance]);
            }
        }

        Code(0, 7);
        return Follow(isFinal);
    }

    /// <summary>Blocks that another compressor has made; they begin and end with a byte, the last of them final or not.</summary>
    public DeflateWriter Made(byte[] blocks, byte[] inflated)
    {
        Bits(0, 3);
        Align();
        _bytes.AddRange([0, 0, 0xFF, 0xFF, .. blocks]);
        _inflated.AddRange(inflated);
        return this;
    }

    /// <summary>Ends the message: its payload, without the bytes that are left out.</summary>
    public byte[] End()
    {
        Bits(0, 3);
        Align();
        byte[] payload = [.. _bytes];
        _bytes.Clear();
        _begin = _inflated.Count;
        return payload;
    }

    private DeflateWriter Follow(bool isFinal)
    {
        if (isFinal)
        {
            Align();
        }

        return this;
    }

    private void Code(int code, int count)
    {
        for (int i = count - 1; i >= 0; i--)
        {
            Bits(code >> i, 1);
        }
    }

    private void Bits(int bits, int count)
    {
        for (int i = 0; i < count; i++)
        {
            if (_bit == 0)
            {
                _bytes.Add(0);
            }

            _bytes[^1] |= (byte)(((bits >> i) & 1) << _bit);
            _bit = (_bit + 1) % 8;
        }
    }

    private void Align() => _bit = 0;
}
