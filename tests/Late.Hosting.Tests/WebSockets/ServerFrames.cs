using System.Buffers.Binary;
using System.IO.Compression;
using System.Text;

namespace Late.Hosting.Tests.WebSockets;

/// <summary>Writes what a server sends, right or wrong, byte by byte.</summary>
internal static class ServerFrames
{
    public static byte[] Text(string text) => Frame(0x81, Encoding.UTF8.GetBytes(text));

    public static byte[] Binary(params byte[] payload) => Frame(0x82, payload);

    public static byte[] Ping(string text) => Frame(0x89, Encoding.UTF8.GetBytes(text));

    public static byte[] Pong(string text) => Frame(0x8A, Encoding.UTF8.GetBytes(text));

    public static byte[] Close(int code, string reason = "") => Frame(0x88, [(byte)(code >> 8), (byte)code, .. Encoding.UTF8.GetBytes(reason)]);

    /// <summary>A frame with the first byte as given and the length in its shortest form.</summary>
    public static byte[] Frame(int first, byte[] payload)
    {
        int form = payload.Length <= 125 ? payload.Length : payload.Length <= ushort.MaxValue ? 126 : 127;
        return [.. Header(first, form, payload.Length), .. payload];
    }

    /// <summary>A header with the length in the form as given: 126 for 16 bits, 127 for 64 bits, else the 7 bits themselves.</summary>
    public static byte[] Header(int first, int form, long length)
    {
        var header = new byte[(form & 0x7F) switch { 126 => 4, 127 => 10, _ => 2 }];
        header[0] = (byte)first;
        header[1] = (byte)form;
        if (header.Length == 4)
        {
            BinaryPrimitives.WriteUInt16BigEndian(header.AsSpan(2), (ushort)length);
        }
        else if (header.Length == 10)
        {
            BinaryPrimitives.WriteInt64BigEndian(header.AsSpan(2), length);
        }

        return header;
    }

    /// <summary>A compressed payload (RFC 7692 §7.2.1) without context.</summary>
    public static byte[] Deflate(byte[] message)
    {
        using var output = new MemoryStream();
        using var stream = new DeflateStream(output, CompressionLevel.Optimal, leaveOpen: true);
        stream.Write(message);
        stream.Flush();
        return output.ToArray()[..^4];
    }

    public static byte[] Join(params byte[][] frames) => [.. frames.SelectMany(frame => frame)];
}
