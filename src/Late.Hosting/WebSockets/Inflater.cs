using System.IO.Compression;

namespace Late.Hosting.WebSockets;

/// <summary>Decompresses the messages of one connection (RFC 7692 §7.2.2).</summary>
/// <remarks>
/// The window of one message serves the next (context takeover). A server that was asked not to use that simply does not
/// refer to it, so nothing has to be forgotten. The stream's window is the largest there is, 2^15 bytes, and serves every
/// smaller one.
/// </remarks>
internal sealed class Inflater : IDisposable
{
    private readonly InflaterInput _input = new();
    private readonly DeflateStream _stream;
    private readonly byte[] _beyondLimit = new byte[1];
    private bool _hasData;

    public Inflater() => _stream = new DeflateStream(_input, CompressionMode.Decompress, leaveOpen: true);

    /// <summary>Decompresses a part of a message.</summary>
    /// <param name="compressed">The part as it came.</param>
    /// <param name="isLast">Whether the message ends with it.</param>
    /// <param name="message">Gets what it inflates to.</param>
    /// <exception cref="WebSocketProtocolException">The message inflates beyond the limit, or is no DEFLATE data.</exception>
    public void Inflate(ReadOnlyMemory<byte> compressed, bool isLast, MessageAssembly message)
    {
        // §7.2.3.6: an empty message has one octet of data. One that has none would leave the tail without its block.
        _hasData |= !compressed.IsEmpty;
        if (!_hasData)
        {
            return;
        }

        _hasData = !isLast;
        _input.Set(compressed, isLast);
        try
        {
            while (InflateSome(message) > 0)
            {
            }
        }
        catch (InvalidDataException exception)
        {
            throw WebSocketProtocolException.InvalidPayload("A compressed message from the server is not DEFLATE data (RFC 7692 §7.2.2).", exception);
        }

        // A stream that does not ask for more has seen a final block, which it does not come back from; how much of the
        // input it used, and so what follows, cannot be learned.
        if (!_input.WasExhausted)
        {
            throw WebSocketProtocolException.InvalidPayload("A compressed message from the server has a final DEFLATE block, which is not supported (RFC 7692 §7.2.3.4).");
        }
    }

    public void Dispose()
    {
        _stream.Dispose();
        _input.Dispose();
    }

    /// <summary>Inflates into the room that there is.</summary>
    /// <returns>0 when there is no more input. Less than the room says nothing: the stream takes its input in pieces, and stops after each.</returns>
    private int InflateSome(MessageAssembly message)
    {
        var room = message.GetRoom(int.MaxValue).Span;
        if (!room.IsEmpty)
        {
            int count = _stream.Read(room);
            message.Commit(count);
            return count;
        }

        // The limit counts inflated bytes: a small message that inflates to a huge one ends here.
        return _stream.Read(_beyondLimit) == 0 ? 0 : throw WebSocketProtocolException.TooBig(message.MaxBytes);
    }
}
