using System.Buffers;
using System.Buffers.Binary;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Text;

namespace Late.Hosting.WebSockets;

/// <summary>
/// The writing half of a client (RFC 6455 §6.1): messages in, masked frames out, one behind the other in one buffer.
/// </summary>
/// <remarks>Not thread-safe: the caller synchronizes, and so decides the order on the wire.</remarks>
internal sealed class FrameWriter : IDisposable
{
    public const int MaxControlPayload = 125;

    private const int FinalBit = 0x80;
    private const int Rsv1Bit = 0x40;
    private const int MaskBit = 0x80;
    private const int MaskBytes = 4;
    private const int MaxHeaderBytes = 14;
    private const int FirstBufferBytes = 16 * 1024;
    private const int MostExpectedBytes = 256 * 1024;

    // Up to here the longest encoding is provided for; above, counting first is cheaper than the memory.
    private const int CountedFromChars = 4096;

    private readonly Deflater? _deflater;
    private byte[] _buffer = [];
    private int _length;
    private int _expected = FirstBufferBytes;

    /// <summary>Makes a writer.</summary>
    /// <param name="deflater">Compresses, where permessage-deflate was negotiated. The writer disposes it.</param>
    public FrameWriter(Deflater? deflater = null) => _deflater = deflater;

    /// <summary>What is written and not taken yet. Valid until the next call of another member.</summary>
    public ReadOnlyMemory<byte> Buffered => new(_buffer, 0, _length);

    public int BufferedBytes => _length;

    /// <summary>True when a Close frame is written: nothing may follow it (§5.5.1).</summary>
    public bool IsClosed { get; private set; }

    /// <summary>Writes a message as one frame.</summary>
    public void Write(in LateFrame frame)
    {
        var opcode = (Opcode)frame.Kind;
        string? text = frame.Unencoded;
        if (opcode is not (Opcode.Text or Opcode.Binary))
        {
            WriteControl(opcode, frame.Payload.Span);
        }
        else if (_deflater is not null)
        {
            WriteCompressed(opcode, text, text is null ? frame.Payload.Span : default);
        }
        else if (text is not null)
        {
            WriteText(text);
        }
        else
        {
            WriteFrame(FinalBit | (int)opcode, frame.Payload.Span);
        }
    }

    /// <summary>Writes a ping or a pong (§5.5.2, §5.5.3).</summary>
    /// <exception cref="ArgumentException">It is neither, or has more than 125 bytes of payload.</exception>
    public void WriteControl(Opcode opcode, ReadOnlySpan<byte> payload)
    {
        if (opcode is not (Opcode.Ping or Opcode.Pong))
        {
            throw new ArgumentException("The frame is neither text nor binary, ping nor pong.", nameof(opcode));
        }

        if (payload.Length > MaxControlPayload)
        {
            throw new ArgumentException("A ping or pong carries at most 125 bytes (RFC 6455 §5.5).", nameof(payload));
        }

        WriteFrame(FinalBit | (int)opcode, payload);
    }

    /// <summary>Writes a Close frame; 1005 stands for one without a code (§7.1.5).</summary>
    public void WriteClose(ClosePayload close)
    {
        if (close.Code == CloseCodes.NoStatus)
        {
            WriteClosePayload([]);
        }
        else
        {
            WriteClose(close.Code, close.Reason);
        }
    }

    /// <summary>Writes a Close frame.</summary>
    /// <param name="code">A code that may be sent (§7.4).</param>
    /// <param name="reason">The reason; it is cut between two characters where it has more than 123 bytes of UTF-8.</param>
    /// <exception cref="ArgumentOutOfRangeException">The code may not be sent.</exception>
    public void WriteClose(int code, string? reason)
    {
        if (!LateCloseCode.MaySend(code))
        {
            throw new ArgumentOutOfRangeException(nameof(code), code, "A Close frame may not carry this code (RFC 6455 §7.4).");
        }

        Span<byte> payload = stackalloc byte[MaxControlPayload];
        WriteClosePayload(payload[..ClosePayload.Write(code, reason, payload)]);
    }

    /// <summary>Hands over what is buffered, with its memory. The writer is then empty.</summary>
    public WrittenBytes Take()
    {
        // The next burst will be like this one: its buffer need not grow step by step.
        _expected = Math.Clamp(_length, FirstBufferBytes, MostExpectedBytes);
        var taken = new WrittenBytes(_buffer, _length);
        (_buffer, _length) = ([], 0);
        _deflater?.ReleaseBuffer();
        return taken;
    }

    /// <summary>Discards what is buffered and returns the memory, so that a quiet connection holds none.</summary>
    public void Clear() => Take().Return();

    public void Dispose()
    {
        Clear();
        _deflater?.Dispose();
    }

    private void WriteClosePayload(ReadOnlySpan<byte> payload)
    {
        WriteFrame(FinalBit | (int)Opcode.Close, payload);
        IsClosed = true;
    }

    private void WriteFrame(int first, ReadOnlySpan<byte> payload)
    {
        int at = EnsureRoom(MaxHeaderBytes + payload.Length) + HeaderBytes(payload.Length);
        uint key = WriteHeader(first, payload.Length);
        Masking.Mask(payload, _buffer.AsSpan(at), key);
        _length = at + payload.Length;
    }

    private void WriteText(string text)
    {
        int most = text.Length <= CountedFromChars ? text.Length * 3 : Encoding.UTF8.GetByteCount(text);
        int start = EnsureRoom(checked(MaxHeaderBytes + most));

        // How long the header is depends on how long the text becomes. The guess fails only for a short text of many
        // characters that are not ASCII; then the text moves by the two bytes.
        int at = start + HeaderBytes(text.Length <= CountedFromChars ? text.Length : most);
        int length = Encoding.UTF8.GetBytes(text, _buffer.AsSpan(at));
        int exact = start + HeaderBytes(length);
        if (exact != at)
        {
            _buffer.AsSpan(at, length).CopyTo(_buffer.AsSpan(exact));
        }

        uint key = WriteHeader(FinalBit | (int)Opcode.Text, length);
        var payload = _buffer.AsSpan(exact, length);
        Masking.Mask(payload, payload, key);
        _length = exact + length;
    }

    private void WriteCompressed(Opcode opcode, string? text, ReadOnlySpan<byte> payload)
    {
        ThrowIfClosed();
        byte[]? encoded = null;
        if (text is not null)
        {
            encoded = ArrayPool<byte>.Shared.Rent(Encoding.UTF8.GetByteCount(text));
            payload = encoded.AsSpan(0, Encoding.UTF8.GetBytes(text, encoded));
        }

        // RFC 7692 §6.1: a message may be sent uncompressed; there is nothing to gain for an empty one.
        if (payload.IsEmpty)
        {
            WriteFrame(FinalBit | (int)opcode, payload);
        }
        else
        {
            WriteFrame(FinalBit | Rsv1Bit | (int)opcode, _deflater!.Deflate(payload));
        }

        if (encoded is not null)
        {
            ArrayPool<byte>.Shared.Return(encoded);
        }
    }

    private static int HeaderBytes(int payloadLength) =>
        MaskBytes + payloadLength switch { <= 125 => 2, <= ushort.MaxValue => 4, _ => 10 };

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private uint WriteHeader(int first, int payloadLength)
    {
        // §5.2: the length in its shortest form. §5.1, §5.3: a client masks every frame.
        var header = _buffer.AsSpan(_length, MaxHeaderBytes);
        uint key = MaskingKeys.Current.Next();
        header[0] = (byte)first;
        int keyAt = 2;
        if (payloadLength <= 125)
        {
            header[1] = (byte)(MaskBit | payloadLength);
        }
        else if (payloadLength <= ushort.MaxValue)
        {
            header[1] = MaskBit | 126;
            BinaryPrimitives.WriteUInt16BigEndian(header[2..], (ushort)payloadLength);
            keyAt = 4;
        }
        else
        {
            header[1] = MaskBit | 127;
            BinaryPrimitives.WriteUInt64BigEndian(header[2..], (ulong)payloadLength);
            keyAt = 10;
        }

        MemoryMarshal.Write(header[keyAt..], key);
        return key;
    }

    private void ThrowIfClosed()
    {
        // §5.5.1: nothing is sent after a Close frame.
        if (IsClosed)
        {
            throw new InvalidOperationException("A Close frame has been written; nothing may follow it (RFC 6455 §5.5.1).");
        }
    }

    /// <summary>Makes room behind what is written.</summary>
    /// <returns>Where the room begins.</returns>
    private int EnsureRoom(int count)
    {
        ThrowIfClosed();
        if (_buffer.Length - _length < count)
        {
            Grow(count);
        }

        return _length;
    }

    private void Grow(int count)
    {
        int needed = checked(_length + count);
        long wanted = Math.Max(_expected, Math.Min(2L * _buffer.Length, Array.MaxLength));
        var larger = ArrayPool<byte>.Shared.Rent((int)Math.Max(needed, wanted));
        _buffer.AsSpan(0, _length).CopyTo(larger);
        if (_buffer.Length > 0)
        {
            ArrayPool<byte>.Shared.Return(_buffer);
        }

        _buffer = larger;
    }
}
