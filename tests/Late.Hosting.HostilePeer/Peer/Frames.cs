using System.Buffers.Binary;
using System.IO.Compression;
using System.Text;

namespace Late.Hosting.HostilePeer.Peer;

/// <summary>Frames of a server (RFC 6455 §5.2), right or wrong.</summary>
internal static class Frames
{
    public const int Continuation = 0;
    public const int Text = 1;
    public const int Binary = 2;
    public const int Close = 8;
    public const int Ping = 9;
    public const int Pong = 10;

    /// <summary>"Hello" in a final block (RFC 7692 §7.2.3.4).</summary>
    public static ReadOnlySpan<byte> FinalBlockHello => [0xC1, 0x08, 0xF3, 0x48, 0xCD, 0xC9, 0xC9, 0x07, 0x00, 0x00];

    public static byte[] Make(int opcode, ReadOnlySpan<byte> payload, bool isLast = true, bool isCompressed = false)
    {
        var first = (byte)(opcode | (isLast ? 0x80 : 0) | (isCompressed ? 0x40 : 0));
        switch (payload.Length)
        {
            case < 126:
                return [first, (byte)payload.Length, .. payload];
            case <= ushort.MaxValue:
                return [first, 126, (byte)(payload.Length >> 8), (byte)payload.Length, .. payload];
            default:
                var length = new byte[8];
                BinaryPrimitives.WriteInt64BigEndian(length, payload.Length);
                return [first, 127, .. length, .. payload];
        }
    }

    public static byte[] MakeText(string text) => Make(Text, Encoding.UTF8.GetBytes(text));

    public static byte[] MakeClose(int code, string reason) => Make(Close, [(byte)(code >> 8), (byte)code, .. Encoding.UTF8.GetBytes(reason)]);

    /// <summary>One message, compressed without regard to those before it (RFC 7692 §7.2.1).</summary>
    public static byte[] Compress(ReadOnlySpan<byte> payload)
    {
        if (payload.IsEmpty)
        {
            return [0];
        }

        using var compressed = new MemoryStream();
        using (var deflate = new DeflateStream(compressed, CompressionLevel.Fastest, leaveOpen: true))
        {
            deflate.Write(payload);
            deflate.Flush();
            compressed.SetLength(compressed.Position - 4);
            return compressed.ToArray();
        }
    }

    /// <summary>One message of the client's, which takes no context over.</summary>
    public static byte[] Inflate(ReadOnlySpan<byte> payload)
    {
        using var compressed = new MemoryStream([.. payload, 0, 0, 0xFF, 0xFF]);
        using var inflate = new DeflateStream(compressed, CompressionMode.Decompress);
        using var whole = new MemoryStream();
        inflate.CopyTo(whole);
        return whole.ToArray();
    }

    /// <summary>A frame that breaks a rule.</summary>
    public static byte[] MakeBad(int variant) => variant switch
    {
        0 => Make(3, [1, 2, 3]),
        1 => Make(11, []),
        2 => [0x81, 0x83, 1, 2, 3, 4, 5, 6, 7],
        3 => [0xB1, 0x01, 0x41],
        4 => Make(Ping, new byte[126]),
        5 => Make(Ping, [1], isLast: false),
        6 => Make(Text, [0xFF, 0xFE]),
        _ => Make(Continuation, [1, 2]),
    };
}
