using System.Buffers.Binary;
using System.Text;
using System.Text.Unicode;

namespace Late.Hosting.WebSockets;

/// <summary>The content of a Close frame (RFC 6455 §5.5.1): a status code and a reason, or nothing.</summary>
internal readonly record struct ClosePayload(int Code, string Reason)
{
    /// <summary>A Close frame without payload counts as 1005 (§7.1.5).</summary>
    public static ClosePayload Empty { get; } = new(CloseCodes.NoStatus, string.Empty);

    /// <summary>Reads a payload of no byte, or of two and more; the header has excluded one byte.</summary>
    public static ClosePayload Parse(ReadOnlySpan<byte> payload)
    {
        if (payload.IsEmpty)
        {
            return Empty;
        }

        int code = BinaryPrimitives.ReadUInt16BigEndian(payload);
        if (!LateCloseCode.MaySend(code))
        {
            throw WebSocketProtocolException.Violation($"A Close frame from the server has the code {code} (RFC 6455 §7.4).");
        }

        // §5.5.1 and §8.1: the reason is UTF-8.
        var reason = payload[2..];
        if (!Utf8.IsValid(reason))
        {
            throw WebSocketProtocolException.InvalidPayload("The reason in a Close frame from the server is not valid UTF-8 (RFC 6455 §5.5.1).");
        }

        return new ClosePayload(code, Encoding.UTF8.GetString(reason));
    }

    /// <summary>Writes code and reason; the reason is cut before the character that would exceed the room.</summary>
    /// <returns>The number of bytes written.</returns>
    public static int Write(int code, ReadOnlySpan<char> reason, Span<byte> destination)
    {
        BinaryPrimitives.WriteUInt16BigEndian(destination, (ushort)code);
        Utf8.FromUtf16(reason, destination[2..], out _, out int written);
        return 2 + written;
    }
}
