using System.Buffers.Binary;
using System.Text.Unicode;

namespace Late.Hosting.WebSockets;

/// <summary>
/// The common case of received bytes: messages in one uncompressed frame that lie wholly in the buffer. They stay where they
/// lie. What is anything else, or wrong, is left to <see cref="FrameReader"/>.
/// </summary>
internal static class WholeMessages
{
    private const byte WholeText = 0x80 | (byte)Opcode.Text;
    private const byte WholeBinary = 0x80 | (byte)Opcode.Binary;

    /// <summary>Takes the messages at the beginning of a buffer.</summary>
    public static void Take(ReceiveBuffer buffer, FrameBatch batch, int maxMessageBytes)
    {
        var bytes = buffer.Unparsed;
        int start = buffer.Start;
        int position = 0;
        int source = -1;
        while (bytes.Length - position >= 2)
        {
            byte first = bytes[position];
            int length = bytes[position + 1];
            int payload = position + 2;
            if (first is not (WholeText or WholeBinary))
            {
                break;
            }

            if (length > 125)
            {
                if (length != 126 || bytes.Length - position < 4)
                {
                    break;
                }

                length = BinaryPrimitives.ReadUInt16BigEndian(bytes[payload..]);
                payload += 2;
                if (length < 126)
                {
                    break;
                }
            }

            if (bytes.Length - payload < length || length > maxMessageBytes)
            {
                break;
            }

            if (first == WholeText && !Utf8.IsValid(bytes.Slice(payload, length)))
            {
                break;
            }

            source = source < 0 ? batch.Share(buffer.Segment) : source;
            batch.Add((LateFrameKind)(first & 0x0F), source, start + payload, length);
            position = payload + length;
        }

        buffer.Consume(position);
    }
}
