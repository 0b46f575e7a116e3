using System.Buffers.Binary;
using System.IO.Compression;
using System.Text;

namespace Late.Hosting.Simulation.Network;

/// <summary>Makes the frames of a server, right ones and wrong ones.</summary>
internal static class ServerFrames
{
    private const int Final = 0x80;
    private const int Rsv1 = 0x40;
    private const int Rsv2 = 0x20;

    public static byte[] Message(bool isText, string text) => Frame(Final | (isText ? ClientFrame.Text : ClientFrame.Binary), Encoding.UTF8.GetBytes(text));

    /// <summary>The same in two frames, and a control frame between them (RFC 6455 §5.4).</summary>
    public static byte[] Fragments(bool isText, string text, byte[] between)
    {
        var payload = Encoding.UTF8.GetBytes(text);
        var half = payload.Length / 2;
        return [.. Frame(isText ? ClientFrame.Text : ClientFrame.Binary, payload[..half]), .. between, .. Frame(Final, payload[half..])];
    }

    /// <summary>A fragment without payload that is not the last.</summary>
    public static byte[] EmptyContinuation { get; } = Frame(0, []);

    /// <summary>A compressed message without payload (RFC 7692 §7.2.3.6).</summary>
    public static byte[] CompressedNothing { get; } = Frame(Final | Rsv1 | ClientFrame.Text, [0]);

    /// <summary>A compressed message, in one frame or in several; the first and all between are empty (RFC 7692 §6.1).</summary>
    public static byte[] Compressed(bool isText, string text, int emptyFragments)
    {
        var opcode = Rsv1 | (isText ? ClientFrame.Text : ClientFrame.Binary);
        var payload = Deflate(text);
        return emptyFragments == 0
            ? Frame(Final | opcode, payload)
            : [.. Frame(opcode, []), .. Enumerable.Repeat(EmptyContinuation, emptyFragments).SelectMany(bytes => bytes), .. Frame(0, payload[..1]), .. EmptyContinuation, .. Frame(Final, payload[1..])];
    }

    /// <summary>The first frame of a message in fragments, and the last.</summary>
    public static (byte[] First, byte[] Last) Split(string text, bool isCompressed)
    {
        var payload = isCompressed ? Deflate(text) : Encoding.UTF8.GetBytes(text);
        var half = payload.Length / 2;
        return (Frame((isCompressed ? Rsv1 : 0) | ClientFrame.Text, payload[..half]), Frame(Final, payload[half..]));
    }

    public static byte[] Ping(byte[] payload) => Frame(Final | ClientFrame.Ping, payload);

    public static byte[] Pong(byte[] payload) => Frame(Final | ClientFrame.Pong, payload);

    public static byte[] Close(int? code, string reason)
    {
        if (code is not { } number)
        {
            return Frame(Final | ClientFrame.Close, []);
        }

        var payload = new byte[2 + Encoding.UTF8.GetByteCount(reason)];
        BinaryPrimitives.WriteUInt16BigEndian(payload, (ushort)number);
        Encoding.UTF8.GetBytes(reason, payload.AsSpan(2));
        return Frame(Final | ClientFrame.Close, payload);
    }

    /// <summary>One of the ways to break the protocol.</summary>
    /// <param name="which">The way, from 0 to 6.</param>
    /// <param name="isCompressed">Whether the first reserved bit means something: that the message is compressed.</param>
    public static byte[] Violation(int which, bool isCompressed) => which switch
    {
        0 => Frame(Final | 3, [1]),                          // an opcode that means nothing
        1 => Frame(Final | (isCompressed ? Rsv2 : Rsv1) | ClientFrame.Text, [1]), // a reserved bit
        2 => Frame(Final, [1]),                              // a continuation of nothing
        3 => Frame(ClientFrame.Ping, [1]),                   // a fragmented control frame
        4 => Frame(Final | ClientFrame.Text, [0xC3, 0x28]),  // text that is not UTF-8
        5 => [Final | ClientFrame.Text, 0x80 | 1, 0, 0, 0, 0, 1], // a masked frame
        _ => Frame(Final | ClientFrame.Close, [1]),          // half a close code
    };

    // What is flushed ends with an empty block, of which the last four bytes are left out (RFC 7692 §7.2.1).
    private static byte[] Deflate(string text)
    {
        using var bytes = new MemoryStream();
        using var deflate = new DeflateStream(bytes, CompressionLevel.Fastest);
        deflate.Write(Encoding.UTF8.GetBytes(text));
        deflate.Flush();
        return bytes.ToArray()[..^4];
    }

    private static byte[] Frame(int first, byte[] payload)
    {
        byte[] header = payload.Length switch
        {
            <= 125 => [(byte)first, (byte)payload.Length],
            <= 65535 => [(byte)first, 126, (byte)(payload.Length >> 8), (byte)payload.Length],
            _ => [(byte)first, 127, 0, 0, 0, 0, (byte)(payload.Length >> 24), (byte)(payload.Length >> 16), (byte)(payload.Length >> 8), (byte)payload.Length],
        };
        return [.. header, .. payload];
    }
}
