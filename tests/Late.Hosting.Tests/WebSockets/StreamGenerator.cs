using System.Text;
using CsCheck;
using static Late.Hosting.Tests.WebSockets.ServerFrames;

namespace Late.Hosting.Tests.WebSockets;

/// <summary>Makes streams as servers send them, and as they should not.</summary>
internal static class StreamGenerator
{
    /// <summary>How much work the properties do: the variable LATE_FUZZ_STREAMS, for example 1000000, or little.</summary>
    public static int Streams { get; } =
        int.TryParse(Environment.GetEnvironmentVariable("LATE_FUZZ_STREAMS"), out int streams) ? streams : 5_000;

    private static readonly Gen<int> s_size = Gen.Frequency(
        (60, Gen.Int[0, 20]),
        (30, Gen.Int[0, 200]),
        (8, Gen.Int[120, 130]),
        (1, Gen.Int[0, 5000]),
        (1, Gen.OneOf(65534, 65535, 65536, 65537, 70000)));

    private static readonly Gen<byte[]> s_bytes = Gen.Select(s_size, Gen.UInt, (size, seed) => Bytes(size, seed));

    private static readonly Gen<byte[]> s_text = Gen.Frequency(
        (3, Gen.Select(s_size, Gen.UInt, (size, seed) => Encoding.ASCII.GetBytes(Ascii(size, seed)))),
        (3, Gen.String[Gen.Char, 0, 60].Select(Encoding.UTF8.GetBytes)),
        (1, Gen.OneOf("é", "水", "😀", "κόσμε").Array[0, 40].Select(parts => Encoding.UTF8.GetBytes(string.Concat(parts)))));

    private static readonly Gen<byte[]> s_control =
        Gen.Select(Gen.OneOf(0x89, 0x8A), Gen.Frequency((5, Gen.Int[0, 10]), (1, Gen.OneOf(124, 125))), Gen.UInt, (first, size, seed) => Frame(first, Bytes(size, seed)));

    private static readonly Gen<byte[]> s_close = Gen.Frequency(
        (3, Gen.Select(Gen.OneOf(1000, 1001, 1002, 1003, 1007, 1011, 3000, 4999), Gen.String[Gen.Char.AlphaNumeric, 0, 20], Close)),
        (1, Gen.Select(Gen.Int[990, 1020], code => Close(code))),
        (1, Gen.Select(Gen.Int[0, 65535], code => Close(code))),
        (1, Gen.Byte.Array[0, 6].Select(payload => Frame(0x88, payload))));

    private static readonly Gen<byte[]> s_fragmented =
        Gen.Select(Gen.Bool, s_text, s_bytes, Gen.Int[0, 1000].Array[1, 4], s_control.Array[0, 3], (isText, text, bytes, cuts, controls) =>
            Fragments(isText ? 0x01 : 0x02, isText ? text : bytes, cuts, controls));

    private static readonly Gen<byte[]> s_bad = Gen.Frequency(
        (2, Gen.Select(Gen.Int[0, 255], s_size, Gen.UInt, (first, size, seed) => Frame(first, Bytes(size, seed)))),
        (1, Gen.Select(Gen.Int[0, 255], Gen.Int[0, 255], Gen.Long, Header)),
        (1, Gen.Select(Gen.OneOf(126, 127, 254, 255), Gen.Long[0, 70000], (form, length) => Header(0x82, form, length))),
        (2, Gen.Select(s_text, Gen.Int[0, 1000], Gen.Byte, (text, at, value) => Frame(0x81, With(text, at, value)))),
        (1, Gen.Select(s_text, Gen.Int[0, 1000], (text, at) => Frame(0x81, text[..(at % (text.Length + 1))]))),
        (1, Gen.Byte.Array[0, 20]));

    /// <summary>A stream without fault, that may end with a Close frame.</summary>
    public static Gen<byte[]> Valid { get; } = Gen.Frequency(
        (4, s_text.Select(text => Frame(0x81, text))),
        (4, s_bytes.Select(bytes => Frame(0x82, bytes))),
        (2, s_control),
        (3, s_fragmented)).Array[0, 8].Select(Join);

    /// <summary>A stream that may have anything in it, in any place, and may stop anywhere.</summary>
    public static Gen<byte[]> Any { get; } = Gen.Frequency(
        (2, Gen.Select(Valid, s_close, Valid, (before, close, after) => Join(before, close, after))),
        (2, Gen.Select(Valid, s_bad, Valid, (before, bad, after) => Join(before, bad, after))),
        (1, Gen.Select(Valid, Gen.Int[0, int.MaxValue], (valid, end) => valid[..(end % (valid.Length + 1))])),
        (2, Gen.Select(Valid, s_close, Gen.Select(Gen.Int[0, int.MaxValue], Gen.Byte).Array[1, 4], (valid, close, changes) =>
            changes.Aggregate(Join(valid, close), (stream, change) => With(stream, change.Item1, change.Item2)))),
        (1, Valid));

    /// <summary>Where to cut a stream: the sizes of the pieces, one after the other.</summary>
    public static Gen<int[]> Pieces { get; } = Gen.Frequency(
        (1, Gen.Const(new[] { int.MaxValue })),
        (1, Gen.Const(new[] { 1 })),
        (3, Gen.Int[1, 40].Array[1, 6]),
        (1, Gen.Int[1, 70000].Array[1, 4]));

    public static byte[] Bytes(int size, uint seed)
    {
        var bytes = new byte[size];
        for (int i = 0; i < size; i++)
        {
            seed = (seed * 1664525) + 1013904223;
            bytes[i] = (byte)(seed >> 24);
        }

        return bytes;
    }

    public static string Ascii(int size, uint seed) =>
        string.Create(size, seed, (span, state) =>
        {
            for (int i = 0; i < span.Length; i++)
            {
                state = (state * 1664525) + 1013904223;
                span[i] = (char)(' ' + (state >> 24) % 95);
            }
        });

    public static byte[] Fragments(int opcode, byte[] payload, int[] cuts, byte[][] controls)
    {
        int[] ends = [.. cuts.Select(cut => cut % (payload.Length + 1)).Order(), payload.Length];
        var stream = new MemoryStream();
        for (int i = 0, start = 0; i < ends.Length; start = ends[i++])
        {
            stream.Write(Frame((i == 0 ? opcode : 0) | (i == ends.Length - 1 ? 0x80 : 0), payload[start..ends[i]]));
            if (i < controls.Length && i < ends.Length - 1)
            {
                stream.Write(controls[i]);
            }
        }

        return stream.ToArray();
    }

    private static byte[] With(byte[] bytes, int at, byte value)
    {
        byte[] changed = [.. bytes];
        if (changed.Length > 0)
        {
            changed[at % changed.Length] = value;
        }

        return changed;
    }
}
