using System.Buffers.Binary;

namespace Late.Hosting.Simulation.Network;

/// <summary>
/// Takes the client's bytes apart, as a server does, and holds them against RFC 6455. It shares nothing with the library.
/// </summary>
internal sealed class ClientFrames(Action<ClientFrame> onFrame, Action<string> onBreach)
{
    private readonly List<byte> _bytes = [];
    private bool _isClosed;

    public void Feed(ReadOnlySpan<byte> bytes)
    {
        _bytes.AddRange(bytes);
        var at = 0;
        while (TryTake(System.Runtime.InteropServices.CollectionsMarshal.AsSpan(_bytes)[at..], out var length))
        {
            at += length;
        }

        _bytes.RemoveRange(0, at);
    }

    private bool TryTake(ReadOnlySpan<byte> bytes, out int length)
    {
        length = 0;
        if (bytes.Length < 2)
        {
            return false;
        }

        var (lengthBytes, payloadLength) = (bytes[1] & 0x7F) switch
        {
            126 => (2, bytes.Length < 4 ? -1 : BinaryPrimitives.ReadUInt16BigEndian(bytes[2..])),
            127 => (8, bytes.Length < 10 ? -1 : (int)BinaryPrimitives.ReadUInt64BigEndian(bytes[2..])),
            var small => (0, small),
        };
        var start = 2 + lengthBytes + 4;
        if (payloadLength < 0 || bytes.Length < start + payloadLength)
        {
            return false;
        }

        length = start + payloadLength;
        Check(bytes[0], bytes[1], lengthBytes, payloadLength);
        var payload = new byte[payloadLength];
        for (var i = 0; i < payload.Length; i++)
        {
            payload[i] = (byte)(bytes[start + i] ^ bytes[start - 4 + (i & 3)]);
        }

        onFrame(new ClientFrame(bytes[0] & 0x0F, payload));
        return true;
    }

    private void Check(byte first, byte second, int lengthBytes, int payloadLength)
    {
        var opcode = first & 0x0F;
        Require((second & 0x80) != 0, "a frame is not masked (RFC 6455 §5.1)");
        Require((first & 0x70) == 0, "a reserved bit is set, and no extension was agreed on (§5.2)");
        Require((first & 0x80) != 0, "a message is fragmented, though the client writes whole ones");
        Require(opcode is 1 or 2 or 8 or 9 or 10, $"opcode {opcode} (§5.2)");
        Require(opcode < 8 || payloadLength <= 125, "a control frame has more than 125 bytes (§5.5)");
        Require(lengthBytes == (payloadLength <= 125 ? 0 : payloadLength <= 65535 ? 2 : 8), "a length is not in its shortest form (§5.2)");
        Require(!_isClosed, "a frame follows the close frame (§5.5.1)");
        _isClosed |= opcode == ClientFrame.Close;
    }

    private void Require(bool isSo, string breach)
    {
        if (!isSo)
        {
            onBreach(breach);
        }
    }
}
