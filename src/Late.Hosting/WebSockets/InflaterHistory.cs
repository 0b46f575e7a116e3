using System.Buffers.Binary;

namespace Late.Hosting.WebSockets;

/// <summary>What the last messages inflated to, as far back as the next may refer (RFC 7692 §7.1.1.1).</summary>
internal sealed class InflaterHistory
{
    private const int Most = 1 << DeflateParameters.MostWindowBits;

    private byte[] _bytes = [];
    private int _end;
    private int _length;

    public int Length => _length;

    public void Add(ReadOnlySpan<byte> inflated)
    {
        if (inflated.Length > Most)
        {
            inflated = inflated[^Most..];
        }

        int needed = Math.Min(_length + inflated.Length, Most);
        if (_bytes.Length < needed)
        {
            // Up to the largest size it is never full, and so begins with its first byte.
            Array.Resize(ref _bytes, Math.Min(Most, Math.Max(needed, 2 * _bytes.Length)));
        }

        if (_end == Most)
        {
            _end = 0;
        }

        int first = Math.Min(inflated.Length, _bytes.Length - _end);
        inflated[..first].CopyTo(_bytes.AsSpan(_end));
        inflated[first..].CopyTo(_bytes);
        _end = first < inflated.Length ? inflated.Length - first : _end + first;
        _length = needed;
    }

    /// <summary>The same as a block without compression (RFC 1951 §3.2.4): a decompressor that reads it has seen it all.</summary>
    public byte[] ToBlock()
    {
        var block = new byte[5 + _length];
        BinaryPrimitives.WriteUInt16LittleEndian(block.AsSpan(1), (ushort)_length);
        BinaryPrimitives.WriteUInt16LittleEndian(block.AsSpan(3), (ushort)~_length);
        int oldest = _length == Most ? _end % Most : 0;
        _bytes.AsSpan(oldest, _length - oldest).CopyTo(block.AsSpan(5));
        _bytes.AsSpan(0, oldest).CopyTo(block.AsSpan(5 + _length - oldest));
        return block;
    }
}
