using System.Buffers;
using System.Text;
using System.Text.Unicode;

namespace Late.Hosting.WebSockets;

/// <summary>Checks UTF-8 of which the end has not come yet, so that bad text fails in mid-frame (RFC 6455 §8.1).</summary>
internal static class Utf8Prefix
{
    /// <summary>How many of the bytes are whole characters, when the rest can still become one; else -1.</summary>
    public static int Validate(ReadOnlySpan<byte> bytes)
    {
        int whole = bytes.Length - IncompleteTail(bytes);
        if (!Utf8.IsValid(bytes[..whole]))
        {
            return -1;
        }

        // A tail such as E0 80 or F4 90 can never become a character, though its last bytes are still missing.
        return whole == bytes.Length || Rune.DecodeFromUtf8(bytes[whole..], out _, out _) == OperationStatus.NeedMoreData ? whole : -1;
    }

    private static int IncompleteTail(ReadOnlySpan<byte> bytes)
    {
        int limit = Math.Min(3, bytes.Length);
        for (int i = 1; i <= limit; i++)
        {
            byte value = bytes[^i];
            if ((value & 0xC0) != 0x80)
            {
                int needed = value switch { >= 0xF0 => 4, >= 0xE0 => 3, >= 0xC0 => 2, _ => 1 };
                return needed > i ? i : 0;
            }
        }

        return 0;
    }
}
