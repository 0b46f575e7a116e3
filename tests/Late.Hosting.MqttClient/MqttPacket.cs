using System.Buffers.Binary;
using System.Text;

namespace Late.Hosting.MqttClient;

/// <summary>The packets of MQTT 3.1.1 that <see cref="MqttHandler"/> sends and receives, all of QoS 0.</summary>
internal static class MqttPacket
{
    public const int ConnectAnswer = 2;
    public const int Publication = 3;
    public const int SubscribeAnswer = 9;

    public static LateFrame Connect(MqttLogin login)
    {
        const byte level = 4, cleanSession = 2, withWill = 4;
        var flags = (byte)(login.Will is null ? cleanSession : cleanSession | withWill);
        byte[] body = [.. Encode("MQTT"), level, flags, 0, 0, .. Encode(login.ClientId)];
        return Write(0x10, login.Will is { } will ? [.. body, .. Encode(will.Topic), .. Encode(will.Text)] : body);
    }

    public static LateFrame Subscribe(string topic) => Write(0x82, [0, 1, .. Encode(topic), 0]);

    public static LateFrame Publish(MqttMessage message) => Write(0x30, [.. Encode(message.Topic), .. Encoding.UTF8.GetBytes(message.Text)]);

    public static LateFrame Disconnect() => Write(0xE0, []);

    /// <summary>Takes the first packet of the bytes, where it is complete.</summary>
    public static bool TryRead(ref ReadOnlyMemory<byte> bytes, out int type, out ReadOnlyMemory<byte> body)
    {
        (type, body) = (0, default);
        var (length, head) = (0, 1);
        do
        {
            if (head == bytes.Length || bytes.IsEmpty)
            {
                return false;
            }

            length |= (bytes.Span[head] & 127) << (7 * (head - 1));
        }
        while (bytes.Span[head++] > 127);

        if (bytes.Length < head + length)
        {
            return false;
        }

        (type, body, bytes) = (bytes.Span[0] >> 4, bytes.Slice(head, length), bytes[(head + length)..]);
        return true;
    }

    public static MqttMessage ReadPublication(ReadOnlySpan<byte> body)
    {
        var end = 2 + BinaryPrimitives.ReadUInt16BigEndian(body);
        return new MqttMessage(Encoding.UTF8.GetString(body[2..end]), Encoding.UTF8.GetString(body[end..]));
    }

    private static byte[] Encode(string text)
    {
        var bytes = Encoding.UTF8.GetBytes(text);
        return [(byte)(bytes.Length >> 8), (byte)bytes.Length, .. bytes];
    }

    private static LateFrame Write(byte type, byte[] body)
    {
        var length = new List<byte>();
        for (var left = body.Length; length.Count == 0 || left > 0; left >>= 7)
        {
            length.Add((byte)(left > 127 ? (left & 127) | 128 : left));
        }

        return LateFrame.Binary((byte[])[type, .. length, .. body]);
    }
}
