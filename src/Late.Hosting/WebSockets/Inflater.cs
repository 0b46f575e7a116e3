using System.Buffers;
using System.IO.Compression;

namespace Late.Hosting.WebSockets;

/// <summary>Decompresses the messages of one connection (RFC 7692 §7.2.2).</summary>
/// <remarks>
/// <para>The window of one message serves the next (context takeover). A server that was asked not to use that simply does not
/// refer to it, so nothing has to be reset. The stream's window is the largest there is, 2^15 bytes, and serves every
/// smaller one.</para>
/// <para>A final block (§7.2.3.4) ends the stream permanently. From the first one on, the blocks of every message are followed,
/// and the stream gets them without the bits that mark it as final. Where it was not expected, a new stream begins with the
/// window that the old one had.</para>
/// </remarks>
internal sealed class Inflater : IDisposable
{
    private static readonly byte[] s_tail = DeflateParameters.OmittedTail.ToArray();

    private readonly InflaterInput _input = new();
    private readonly byte[] _overLimit = new byte[1];
    private readonly ArrayBufferWriter<byte> _earlier = new();
    private DeflateStream _stream;
    private InflaterHistory? _history;
    private DeflateBlocks? _blocks;
    private bool _hasData;
    private int _skipped;

    /// <summary>Makes a decompressor.</summary>
    /// <param name="hasContext">Whether a message may refer to earlier ones.</param>
    public Inflater(bool hasContext = true)
    {
        _stream = OpenStream();
        _history = hasContext ? new InflaterHistory() : null;
    }

    /// <summary>Decompresses a part of a message.</summary>
    /// <param name="compressed">The part as it came; it is not needed after, and may be changed.</param>
    /// <param name="isLast">Whether the message ends with it.</param>
    /// <param name="message">Gets what it inflates to.</param>
    /// <exception cref="WebSocketProtocolException">The inflated message exceeds the limit, or is no DEFLATE data.</exception>
    public void Inflate(Memory<byte> compressed, bool isLast, MessageAssembly message)
    {
        if (!_hasData)
        {
            if (compressed.IsEmpty)
            {
                // §7.2.3.6: an empty message has one octet of data. One that has none would leave the tail without its block.
                return;
            }

            if (_blocks is null && (compressed.Span[0] & 1) != 0)
            {
                // The first block is final.
                (_blocks, _history) = (new DeflateBlocks(), null);
            }

            _blocks?.Begin();
        }

        _hasData = !isLast;
        try
        {
            if (_blocks is not null)
            {
                InflateBlocks(compressed, isLast, message);
            }
            else if (TryInflate(compressed, isLast ? s_tail : default, message))
            {
                Keep(compressed.Span, isLast, message);
            }
            else
            {
                InflateAgain(compressed, isLast, message);
            }
        }
        catch (InvalidDataException exception)
        {
            throw WebSocketProtocolException.InvalidPayload("A compressed message from the server is not DEFLATE data (RFC 7692 §7.2.2).", exception);
        }
    }

    public void Dispose()
    {
        _stream.Dispose();
        _input.Dispose();
    }

    private DeflateStream OpenStream() => new(_input, CompressionMode.Decompress, leaveOpen: true);

    /// <summary>Inflates until all input is used.</summary>
    /// <returns>False where the stream has come to a final block before; how much of its input it used cannot be learned.</returns>
    private bool TryInflate(ReadOnlyMemory<byte> data, ReadOnlyMemory<byte> following, MessageAssembly message)
    {
        _input.Set(data, following);
        while (InflateSome(message) > 0)
        {
        }

        return _input.WasExhausted;
    }

    /// <summary>Inflates into the room that there is.</summary>
    /// <returns>0 when there is no more input. Less than the room has no meaning: the stream takes its input in pieces, and stops after each.</returns>
    private int InflateSome(MessageAssembly message)
    {
        if (_skipped > 0)
        {
            return SkipSome();
        }

        var room = message.GetRoom(int.MaxValue).Span;
        if (!room.IsEmpty)
        {
            int count = _stream.Read(room);
            message.Commit(count);
            return count;
        }

        // The limit counts inflated bytes: a small message that inflates to a huge one ends here.
        return _stream.Read(_overLimit) == 0 ? 0 : throw WebSocketProtocolException.TooBig(message.MaxBytes);
    }

    private int SkipSome()
    {
        Span<byte> skipped = stackalloc byte[1024];
        int count = _stream.Read(skipped[..Math.Min(skipped.Length, _skipped)]);
        _skipped -= count;
        return count;
    }

    /// <summary>Inflates block by block: none of them is final for the stream.</summary>
    private void InflateBlocks(Memory<byte> data, bool isLast, MessageAssembly message)
    {
        bool hasTail = false;
        while (!data.IsEmpty)
        {
            int count = _blocks!.Follow(data.Span, out var following);
            bool isEnd = isLast && count == data.Length;
            if (isEnd && _blocks.End())
            {
                (hasTail, following) = (true, s_tail);
            }

            if (!TryInflate(data[..count], following, message))
            {
                throw WebSocketProtocolException.InvalidPayload("A compressed message from the server is not DEFLATE data (RFC 7692 §7.2.2).");
            }

            data = data[count..];
        }

        if (isLast && !hasTail && _blocks!.End())
        {
            TryInflate(default, s_tail, message);
        }
    }

    /// <summary>The message has a final block after others: it is inflated again by a new stream, which has seen what the old one had.</summary>
    private void InflateAgain(Memory<byte> compressed, bool isLast, MessageAssembly message)
    {
        if (_earlier.WrittenCount > MostEarlier(message))
        {
            throw WebSocketProtocolException.InvalidPayload("A compressed message from the server has a final DEFLATE block after more bytes than its inflated message may have.");
        }

        _blocks = new DeflateBlocks();
        _stream.Dispose();
        _stream = OpenStream();
        if (_history is { Length: > 0 })
        {
            _skipped = _history.Length;
            TryInflate(_history.ToBlock(), default, message);
        }

        _skipped = message.Inflated.Length;
        InflateBlocks(_earlier.WrittenSpan.ToArray(), isLast: false, message);
        InflateBlocks(compressed, isLast, message);
        _history = null;
        _earlier.ResetWrittenCount();
    }

    /// <summary>Keeps what <see cref="InflateAgain"/> needs: the parts of this message, and the window behind the last one.</summary>
    private void Keep(ReadOnlySpan<byte> compressed, bool isLast, MessageAssembly message)
    {
        if (isLast)
        {
            _history?.Add(message.Inflated);
            if (_earlier.WrittenCount > 0)
            {
                _earlier.Clear();
            }
        }
        else if (_earlier.WrittenCount <= MostEarlier(message))
        {
            _earlier.Write(compressed);
        }
    }

    // Blocks without compression are a little longer than what they inflate to; what is much longer is no message.
    private static long MostEarlier(MessageAssembly message) => message.MaxBytes + (message.MaxBytes / 8) + 1024L;
}
