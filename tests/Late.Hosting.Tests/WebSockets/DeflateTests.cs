using System.Net.WebSockets;
using System.Text;
using CsCheck;
using Late.Hosting.Tests.Support;
using Late.Hosting.WebSockets;
using static Late.Hosting.Tests.WebSockets.ServerFrames;

namespace Late.Hosting.Tests.WebSockets;

/// <summary>permessage-deflate (RFC 7692), both ways.</summary>
[Collection(nameof(Alone))]
public sealed class DeflateTests
{
    private const string Hello = "Text 48656C6C6F";

    private static readonly Gen<LateFrame[]> s_messages = Gen.OneOf(
        Gen.OneOf("é", "水", "price", "{\"symbol\":", "1.25", "😀").Array[0, 300].Select(parts => LateFrame.Text(string.Concat(parts))),
        Gen.Byte.Array[0, 500].Select(bytes => LateFrame.Binary(bytes)),
        Gen.Int[0, 200_000].Select(length => LateFrame.Binary(new byte[length]))).Array[1, 8];

    [Theory] // RFC 7692 §7.2.3: its examples, one message in each line.
    [InlineData("C107F248CDC9C90700")] // §7.2.3.1: one block
    [InlineData("4103F248CD8004C9C90700")] // §7.2.3.1: in fragments
    [InlineData("C10B000500FAFF48656C6C6F00")] // §7.2.3.3: a block without compression
    [InlineData("C10DF248050000 00FFFFCAC9C90700")] // §7.2.3.5: two blocks
    [InlineData("810548656C6C6F")] // §6: a message that is not compressed
    public void Examples(string hex)
    {
        byte[] stream = Convert.FromHexString(hex.Replace(" ", "", StringComparison.Ordinal));
        for (int piece = 1; piece <= stream.Length; piece++)
        {
            Assert.Equal([Hello], ReadResult.Of(stream, [piece], inflater: new Inflater()).Events);
        }
    }

    [Fact] // RFC 7692 §7.2.3.2: the second message refers to the first, also with an uncompressed one in between.
    public void Context_takeover()
    {
        byte[] stream = Convert.FromHexString("C107F248CDC9C90700" + "8100" + "C105F200110000");
        Assert.Equal([Hello, "Text ", Hello], ReadResult.Of(stream, [3], inflater: new Inflater()).Events);
    }

    [Theory] // RFC 7692 §6.1: RSV1 on the first frame of a message, never on others or on control frames.
    [InlineData("4103F248CDC004C9C90700")]
    [InlineData("010161C00161")]
    [InlineData("C90100")]
    [InlineData("C800")]
    [InlineData("A100")]
    public void Misplaced_bits_are_refused(string hex) =>
        Assert.Equal(1002, ReadResult.Of(Convert.FromHexString(hex), inflater: new Inflater()).ErrorCode);

    [Fact] // RFC 7692 §7.2.3.6: an empty message, as one octet or none, and one of only empty blocks.
    public void Empty_messages()
    {
        byte[] stream = Join(Frame(0xC1, [0]), Frame(0xC2, []), Frame(0xC1, [0, 0, 0, 0xFF, 0xFF, 0]), Join(Frame(0x41, [0]), Frame(0x80, [])));
        Assert.Equal(["Text ", "Binary ", "Text ", "Text "], ReadResult.Of(stream, inflater: new Inflater()).Events);
    }

    [Fact] // RFC 7692 §7.2.2: what is no DEFLATE data is refused.
    public void Garbage_is_refused() =>
        Assert.Equal(1007, ReadResult.Of(Join(Text("a"), Frame(0xC2, [0xFF, 0xFF, 0xFF, 0xFF])), inflater: new Inflater()).ErrorCode);

    [Fact] // RFC 6455 §8.1: text is checked after decompression.
    public void Inflated_text_is_checked()
    {
        Assert.Equal(1007, ReadResult.Of(Frame(0xC1, Deflate([0x61, 0xFF])), inflater: new Inflater()).ErrorCode);
        Assert.Equal(1007, ReadResult.Of(Frame(0xC1, Deflate([0x61, 0xC3])), inflater: new Inflater()).ErrorCode);
        Assert.Equal(["Binary 61C3"], ReadResult.Of(Frame(0xC2, Deflate([0x61, 0xC3])), inflater: new Inflater()).Events);
    }

    [Theory] // The limit counts inflated bytes; the message as large as the limit is fine.
    [InlineData(1000)]
    [InlineData(32 * 1024)]
    [InlineData(1 << 20)]
    public void The_limit_counts_inflated_bytes(int limit)
    {
        var result = ReadResult.Of(Frame(0xC2, Deflate(new byte[limit])), maxMessageBytes: limit, inflater: new Inflater());
        Assert.Equal(["Binary " + new string('0', 2 * limit)], result.Events);
        Assert.Equal(1009, ReadResult.Of(Frame(0xC2, Deflate(new byte[limit + 1])), maxMessageBytes: limit, inflater: new Inflater()).ErrorCode);
        Assert.Equal(1009, ReadResult.Of(Frame(0xC2, Deflate(new byte[limit + 1])), [1], limit, inflater: new Inflater()).ErrorCode);
    }

    [Fact] // A bomb of 100 MB in 100 KB ends at the limit, and takes no more memory than that.
    public void A_bomb_is_refused_early()
    {
        byte[] stream = Frame(0xC2, Deflate(new byte[100_000_000]));
        long before = GC.GetAllocatedBytesForCurrentThread();
        Assert.Equal(1009, ReadResult.Of(stream, maxMessageBytes: 1 << 20, inflater: new Inflater()).ErrorCode);
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 5 << 20);
    }

    [Theory] // The decompressor takes its input in pieces of 8 KiB: a message that stays larger than that has several.
    [InlineData(8 * 1024)]
    [InlineData(20_000)]
    [InlineData(200_000)]
    public void Messages_that_stay_large_are_read(int length)
    {
        byte[] message = new byte[length];
        new Random(length).NextBytes(message);
        string expected = "Binary " + Convert.ToHexString(message);
        byte[] stream = Join(Frame(0xC2, Deflate(message)), StreamGenerator.Fragments(0x42, Deflate(message), [length / 2], [Ping("")]));
        Assert.Equal([expected, "Ping ", expected], ReadResult.Of(stream, inflater: new Inflater()).Events);
        Assert.Equal([expected, "Ping ", expected], ReadResult.Of(stream, [9000], inflater: new Inflater()).Events);
    }

    [Theory] // RFC 7692 §7.1: what we compress is what a server reads, with and without context takeover, with every window.
    [InlineData(true, 15)]
    [InlineData(false, 15)]
    [InlineData(true, 9)]
    [InlineData(false, 10)]
    public void Written_messages_agree_with_the_oracle(bool contextTakeover, int windowBits) =>
        s_messages.Sample(
            messages =>
            {
                using var writer = new FrameWriter(new Deflater(contextTakeover, windowBits));
                foreach (var message in messages)
                {
                    writer.Write(message);
                }

                var options = new WebSocketDeflateOptions { ClientContextTakeover = contextTakeover, ClientMaxWindowBits = windowBits };
                Assert.Equal(messages.Select(ReadResult.Describe), Oracle.ReadAsServer(writer.Buffered.ToArray(), options).Events);
            },
            iter: StreamGenerator.Streams / 20);

    [Theory] // RFC 7692 §7.1.1, §7.1.2: what a server compresses, in every way it may, cut anywhere.
    [InlineData(true, 15)]
    [InlineData(false, 15)]
    [InlineData(true, 9)]
    public void Read_messages_agree_with_the_oracle(bool contextTakeover, int windowBits) =>
        Gen.Select(s_messages, StreamGenerator.Pieces).Sample(
            (messages, pieces) =>
            {
                var options = new WebSocketDeflateOptions { ServerContextTakeover = contextTakeover, ServerMaxWindowBits = windowBits };
                byte[] stream = Oracle.WriteAsServer(messages, options);
                Assert.Equal(messages.Select(ReadResult.Describe), ReadResult.Of(stream, pieces, inflater: new Inflater()).Events);
            },
            iter: StreamGenerator.Streams / 20);

    [Fact] // RFC 7692 §6.1: a compressed message in fragments, the first with RSV1, control frames between them.
    public void Fragments_in_every_cut() =>
        Gen.Select(Gen.Byte.Array[1, 300], Gen.Int[0, 500].Array[0, 5], StreamGenerator.Pieces).Sample(
            (message, cuts, pieces) =>
            {
                byte[] stream = StreamGenerator.Fragments(0x42, Deflate(message), cuts, [Ping(""), Ping("")]);
                var events = ReadResult.Of(stream, pieces, inflater: new Inflater()).Events;
                Assert.Equal("Binary " + Convert.ToHexString(message), events[^1]);
                Assert.Equal(Math.Min(cuts.Length, 2), events.Count - 1);
            },
            iter: StreamGenerator.Streams / 5);

    [Fact] // The steady state allocates nothing once the pools are filled.
    public void Nothing_is_allocated_per_message()
    {
        var messages = Enumerable.Range(0, 50).Select(i => LateFrame.Text(Encoding.UTF8.GetBytes(StreamGenerator.Ascii(1000, (uint)i)))).ToArray();
        byte[] stream = Oracle.WriteAsServer(messages, new WebSocketDeflateOptions());
        using var reader = new FrameReader(10_000, inflater: new Inflater());
        using var writer = new FrameWriter(new Deflater());
        long least = long.MaxValue;
        for (int round = 0; round < 6; round++)
        {
            long before = GC.GetAllocatedBytesForCurrentThread();
            for (int at = 0; at < stream.Length;)
            {
                var buffer = reader.GetBuffer().Span;
                int count = Math.Min(Math.Min(5000, buffer.Length), stream.Length - at);
                stream.AsSpan(at, count).CopyTo(buffer);
                at += count;
                var batch = FrameBatch.Rent();
                reader.Advance(count, batch);
                for (int i = 0; i < batch.Count; i++)
                {
                    writer.Write(batch.Open(i));
                }

                batch.Release();
                writer.Clear();
            }

            least = Math.Min(least, GC.GetAllocatedBytesForCurrentThread() - before);
        }

        Assert.Equal(0, least);
    }
}
