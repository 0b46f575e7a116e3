using System.Buffers.Binary;

namespace Late.Hosting.Testing.Wire;

/// <summary>Writes frames as a server does: unmasked (RFC 6455 §5.1, §5.2).</summary>
internal static class ServerFrame
{
    private const int Continuation = 0x0;
    private const int Close = 0x8;
    private const int FinalBit = 0x80;

    public static byte[] Of(in LateFrame frame)
    {
        if (frame.Kind == default)
        {
            throw new ArgumentException("default(LateFrame) cannot be sent. Make the frame with LateFrame.Text, Binary, Json, Ping or Pong.", nameof(frame));
        }

        return Write(FinalBit | (int)frame.Kind, frame.Payload.Span);
    }

    /// <summary>A message in as many frames as there are parts (§5.4).</summary>
    public static byte[] Fragments(IReadOnlyList<LateFrame> parts) =>
    [
        .. parts.SelectMany((part, index) => Write(
            (index == 0 ? (int)part.Kind : Continuation) | (index == parts.Count - 1 ? FinalBit : 0), part.Payload.Span)),
    ];

    public static byte[] CloseOf(int? code, ReadOnlySpan<byte> reason)
    {
        if (code is not { } number)
        {
            return Write(FinalBit | Close, []);
        }

        var payload = new byte[sizeof(ushort) + reason.Length];
        BinaryPrimitives.WriteUInt16BigEndian(payload, (ushort)number);
        reason.CopyTo(payload.AsSpan(sizeof(ushort)));
        return Write(FinalBit | Close, payload);
    }

    private static byte[] Write(int first, ReadOnlySpan<byte> payload)
    {
        var header = new byte[payload.Length switch { <= 125 => 2, <= ushort.MaxValue => 4, _ => 10 }];
        header[0] = (byte)first;
        switch (header.Length)
        {
            case 2:
                header[1] = (byte)payload.Length;
                break;
            case 4:
                header[1] = 126;
                BinaryPrimitives.WriteUInt16BigEndian(header.AsSpan(2), (ushort)payload.Length);
                break;
            default:
                header[1] = 127;
                BinaryPrimitives.WriteInt64BigEndian(header.AsSpan(2), payload.Length);
                break;
        }

        return [.. header, .. payload];
    }
}
