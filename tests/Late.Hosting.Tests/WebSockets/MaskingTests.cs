using System.Runtime.InteropServices;
using Late.Hosting.WebSockets;

namespace Late.Hosting.Tests.WebSockets;

/// <summary>RFC 6455 §5.3.</summary>
public sealed class MaskingTests
{
    [Fact] // Byte i goes with byte i modulo 4 of the key, for all lengths around the widths of vectors, copied and in place.
    public void Every_length()
    {
        byte[] keyBytes = [0x37, 0xFA, 0x21, 0x3D];
        uint key = MemoryMarshal.Read<uint>(keyBytes);
        for (int length = 0; length <= 300; length++)
        {
            byte[] source = StreamGenerator.Bytes(length, (uint)length);
            byte[] expected = [.. source.Select((value, i) => (byte)(value ^ keyBytes[i % 4]))];
            byte[] copied = new byte[length + 1];
            Masking.Mask(source, copied, key);
            Assert.Equal([.. expected, 0], copied);
            Masking.Mask(source, source, key);
            Assert.Equal(expected, source);
        }
    }

    [Fact] // A destination that is too short would be written past its end.
    public void A_short_destination_is_refused() =>
        Assert.Throws<ArgumentOutOfRangeException>(() => Masking.Mask(new byte[5], new byte[4], 1));

    [Fact] // §5.3: a fresh key for each frame, of which all bits vary.
    public void Keys_are_fresh()
    {
        uint[] keys = [.. Enumerable.Range(0, 5000).Select(_ => MaskingKeys.Current.Next())];
        Assert.InRange(keys.Distinct().Count(), 4990, 5000);
        Assert.Equal(uint.MaxValue, keys.Aggregate((a, b) => a | b));
        Assert.Equal(0u, keys.Aggregate((a, b) => a & b));
    }
}
