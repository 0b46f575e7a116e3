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

    public Inflater() => _stream = new DeflateStream(_input, CompressionMode.Decompress, leaveOpen: true);

    /// <summary>Decompresses a part of a message.</summary>
    /// <param name="compressed">The part as it came.</param>
    /// <param name="isLast">Whether the message ends with it.</param>
    /// <param name="message">Gets what it inflates to.</param>
    /// <exception cref="WebSocketProtocolException">The message inflates beyond the limit, or is no DEFLATE data.</exception>
    public void Inflate(ReadOnlyMemory<byte> compressed, bool isLast, MessageAssembly message)
    {
        _input.Set(compressed, isLast);
        try
        {
            while (true)
            {
                var room = message.GetRoom(int.MaxValue).Span;
                bool isFull = room.IsEmpty;
                int count = isFull ? _stream.Read(_beyondLimit) : _stream.Read(room);
                if (count > 0 && isFull)
                {
                    // The limit counts inflated bytes: a small message that inflates to a huge one ends here.
                    throw WebSocketProtocolException.TooBig(message.MaxBytes);
                }

                message.Commit(count);
                if (count < room.Length || isFull)
                {
                    // Less than there was room for: all that has come is inflated.
                    break;
                }
            }
        }
        catch (InvalidDataException exception)
        {
            throw WebSocketProtocolException.InvalidPayload("A compressed message from the server is not DEFLATE data (RFC 7692 §7.2.2).", exception);
        }

        if (!_input.IsEmpty)
        {
            // A final block stops the decompressor for good, and how much of the input it used cannot be learned.
            throw WebSocketProtocolException.InvalidPayload("A compressed message from the server has a final DEFLATE block, which is not supported (RFC 7692 §7.2.3.4).");
        }
    }

    public void Dispose()
    {
        _stream.Dispose();
        _input.Dispose();
    }
}
