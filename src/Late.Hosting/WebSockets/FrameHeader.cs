using System.Buffers.Binary;

namespace Late.Hosting.WebSockets;

/// <summary>The start of a frame from a server, and the rules that need nothing but it (RFC 6455 §5.2, §5.5; RFC 7692 §6).</summary>
internal readonly record struct FrameHeader(Opcode Opcode, bool Final, bool Compressed, long PayloadLength, int Size)
{
    private const int FinalBit = 0x80;
    private const int Rsv1Bit = 0x40;
    private const int Rsv2And3Bits = 0x30;
    private const int OpcodeBits = 0x0F;
    private const int MaskBit = 0x80;

    public bool IsControl => IsControlOpcode(Opcode);

    /// <summary>Reads a header.</summary>
    /// <param name="bytes">What has come so far, from the first byte of the frame.</param>
    /// <param name="deflate">Whether permessage-deflate was negotiated.</param>
    /// <param name="header">The header.</param>
    /// <returns>False when bytes are still missing.</returns>
    /// <exception cref="WebSocketProtocolException">The bytes break a rule.</exception>
    public static bool TryRead(ReadOnlySpan<byte> bytes, bool deflate, out FrameHeader header)
    {
        header = default;
        if (bytes.Length < 2)
        {
            return false;
        }

        var opcode = (Opcode)(bytes[0] & OpcodeBits);
        bool final = (bytes[0] & FinalBit) != 0;
        bool compressed = (bytes[0] & Rsv1Bit) != 0;
        int shortLength = bytes[1] & ~MaskBit;
        CheckFirstBytes(bytes[0], bytes[1], opcode, deflate);
        if (IsControlOpcode(opcode))
        {
            CheckControl(opcode, final, shortLength);
        }

        if (!TryReadLength(bytes, shortLength, out long length, out int size))
        {
            return false;
        }

        header = new FrameHeader(opcode, final, compressed, length, size);
        return true;
    }

    private static bool IsControlOpcode(Opcode opcode) => ((int)opcode & 0x8) != 0;

    private static void CheckFirstBytes(byte first, byte second, Opcode opcode, bool deflate)
    {
        // §5.2: reserved bits are zero unless an extension gives them a meaning. RFC 7692 §6 gives one to RSV1: the
        // message is compressed. It stands on the first frame of a message only, and never on a control frame (§6.1).
        if ((first & Rsv2And3Bits) != 0)
        {
            throw WebSocketProtocolException.Violation("A frame from the server has RSV2 or RSV3 set, which nothing negotiated gives a meaning (RFC 6455 §5.2).");
        }

        if ((first & Rsv1Bit) != 0 && !(deflate && opcode is Opcode.Text or Opcode.Binary))
        {
            throw WebSocketProtocolException.Violation("A frame from the server has RSV1 set, where it has no meaning (RFC 6455 §5.2, RFC 7692 §6).");
        }

        // §5.2: opcodes 3-7 and B-F are reserved.
        if (opcode is not (Opcode.Continuation or Opcode.Text or Opcode.Binary or Opcode.Close or Opcode.Ping or Opcode.Pong))
        {
            throw WebSocketProtocolException.Violation($"A frame from the server has the reserved opcode {(int)opcode} (RFC 6455 §5.2).");
        }

        // §5.1: a client closes the connection if it detects a masked frame.
        if ((second & MaskBit) != 0)
        {
            throw WebSocketProtocolException.Violation("A frame from the server is masked (RFC 6455 §5.1).");
        }
    }

    private static void CheckControl(Opcode opcode, bool final, int shortLength)
    {
        // §5.5: control frames are not fragmented, and have a payload of 125 bytes or less.
        if (!final)
        {
            throw WebSocketProtocolException.Violation("A control frame from the server is fragmented (RFC 6455 §5.5).");
        }

        if (shortLength > 125)
        {
            throw WebSocketProtocolException.Violation("A control frame from the server is longer than 125 bytes (RFC 6455 §5.5).");
        }

        // §5.5.1: if there is a body, its first two bytes are the code.
        if (opcode == Opcode.Close && shortLength == 1)
        {
            throw WebSocketProtocolException.Violation("A Close frame from the server has a body of one byte (RFC 6455 §5.5.1).");
        }
    }

    private static bool TryReadLength(ReadOnlySpan<byte> bytes, int shortLength, out long length, out int size)
    {
        (length, size) = shortLength switch { 126 => (0, 4), 127 => (0, 10), _ => (shortLength, 2) };
        if (bytes.Length < size)
        {
            return false;
        }

        // §5.2: the most significant bit of a 64-bit length is zero, and the shortest form is used.
        if (size == 4)
        {
            length = BinaryPrimitives.ReadUInt16BigEndian(bytes[2..]);
            RequireShortestForm(length > 125);
        }
        else if (size == 10)
        {
            length = BinaryPrimitives.ReadInt64BigEndian(bytes[2..]);
            if (length < 0)
            {
                throw WebSocketProtocolException.Violation("A frame from the server has a length of 64 bits (RFC 6455 §5.2).");
            }

            RequireShortestForm(length > ushort.MaxValue);
        }

        return true;
    }

    private static void RequireShortestForm(bool isShortest)
    {
        if (!isShortest)
        {
            throw WebSocketProtocolException.Violation("A frame from the server does not have its length in the shortest form (RFC 6455 §5.2).");
        }
    }
}
