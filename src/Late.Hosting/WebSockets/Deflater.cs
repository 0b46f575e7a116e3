using System.IO.Compression;

namespace Late.Hosting.WebSockets;

/// <summary>Compresses the messages of one connection (RFC 7692 §7.2.1).</summary>
/// <param name="contextTakeover">False when the server asked for <c>client_no_context_takeover</c> (§7.1.1.2).</param>
/// <param name="windowBits">How far back a message may refer, by the server's <c>client_max_window_bits</c> (§7.1.2.2).</param>
/// <param name="level">The fastest by default: for small messages the others cost several times as much for little.</param>
internal sealed class Deflater(
    bool contextTakeover = true, int windowBits = DeflateParameters.MostWindowBits, CompressionLevel level = CompressionLevel.Fastest) : IDisposable
{
    // .NET's compressor always looks back 2^15 bytes. For a server that keeps less, it is reset with each window.
    private readonly bool _isWindowSmall = windowBits < DeflateParameters.MostWindowBits;
    private readonly DeflaterOutput _output = new();
    private DeflateStream? _stream;

    /// <summary>Compresses a message that is not empty.</summary>
    /// <returns>The payload for the wire, valid until the next call.</returns>
    public ReadOnlySpan<byte> Deflate(ReadOnlySpan<byte> message)
    {
        _output.Clear();
        var window = 1 << windowBits;
        while (_isWindowSmall && message.Length > window)
        {
            DeflatePart(message[..window]);
            message = message[window..];
        }

        DeflatePart(message);
        var written = _output.Written;
        return written.EndsWith(DeflateParameters.OmittedTail)
            ? written[..^DeflateParameters.OmittedTail.Length]
            : throw new InvalidOperationException("The compressor did not end the message with an empty block (RFC 7692 §7.2.1).");
    }

    /// <summary>Gives the buffer back; what was returned is no longer valid.</summary>
    public void ReleaseBuffer() => _output.ReleaseBuffer();

    public void Dispose()
    {
        _stream?.Dispose();
        _output.Dispose();
    }

    private void DeflatePart(ReadOnlySpan<byte> part)
    {
        _stream ??= new DeflateStream(_output, level, leaveOpen: true);
        _stream.Write(part);

        // §7.2.1: the data ends with an empty block without compression, of which the last four octets are left out.
        _stream.Flush();
        if (contextTakeover && !_isWindowSmall)
        {
            return;
        }

        // What the stream's end writes behind the part is not sent.
        int length = _output.Written.Length;
        _stream.Dispose();
        _stream = null;
        _output.CutTo(length);
    }
}
