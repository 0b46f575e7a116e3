using System.Buffers.Binary;
using System.Text;

namespace Late.Hosting.Benchmarks.Server;

/// <summary>Blocks of frames as a server sends them, made once for each connection.</summary>
internal static class ReadyFrames
{
    private const int BlockBytes = 256 * 1024;
    private const byte FinalText = 0x81;

    /// <summary>A close frame with 1000.</summary>
    public static readonly byte[] Close = [0x88, 2, 0x03, 0xE8];

    /// <summary>The answer to a SignalR client's handshake.</summary>
    public static readonly byte[] HubHandshake = Frame(FinalText, "{}\u001e"u8);

    public static ReadOnlyMemory<byte> Block(UpgradeRequest request) => request.IsCompressed
        ? CompressedFrames.Block()
        : request.Text is { } text ? Repeated(Encoding.UTF8.GetBytes(text), Math.Max(1, BlockBytes / (text.Length + 2))).Block
        : Repeated(request.Size, Math.Max(1, BlockBytes / (request.Size + 2))).Block;

    /// <summary>A text message of a size, again and again.</summary>
    public static ReadyReply Repeated(int size, int times) => Repeated(Text(size), times);

    /// <summary>Invocations of a SignalR client's method with a text of a size.</summary>
    public static ReadOnlyMemory<byte> HubBlock(int size)
    {
        byte[] invocation = [.. "{\"type\":1,\"target\":\"take\",\"arguments\":[\""u8, .. Text(size), .. "\"]}\u001e"u8];
        return Repeated(invocation, BlockBytes / invocation.Length).Block;
    }

    public static byte[] Frame(byte first, ReadOnlySpan<byte> payload)
    {
        Span<byte> header = stackalloc byte[10];
        header[0] = first;
        int size = 2;
        if (payload.Length <= 125)
        {
            header[1] = (byte)payload.Length;
        }
        else if (payload.Length <= ushort.MaxValue)
        {
            header[1] = 126;
            BinaryPrimitives.WriteUInt16BigEndian(header[2..], (ushort)payload.Length);
            size = 4;
        }
        else
        {
            header[1] = 127;
            BinaryPrimitives.WriteInt64BigEndian(header[2..], payload.Length);
            size = 10;
        }

        return [.. header[..size], .. payload];
    }

    private static ReadyReply Repeated(byte[] payload, int times)
    {
        var frame = Frame(FinalText, payload);
        var block = new byte[frame.Length * times];
        for (int i = 0; i < times; i++)
        {
            frame.CopyTo(block, i * frame.Length);
        }

        return new ReadyReply(block, frame.Length);
    }

    private static byte[] Text(int size) => Encoding.ASCII.GetBytes(Payloads.Text(size));
}
