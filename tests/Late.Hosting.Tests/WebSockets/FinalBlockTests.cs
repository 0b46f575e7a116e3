using System.IO.Compression;
using System.Text;
using Late.Hosting.WebSockets;
using static Late.Hosting.Tests.WebSockets.ServerFrames;

namespace Late.Hosting.Tests.WebSockets;

/// <summary>Compressed messages with final blocks, and what follows them (RFC 7692 §7.2.3.4).</summary>
public sealed class FinalBlockTests
{
    private const string Hello = "Text 48656C6C6F";

    private static readonly byte[] s_final = [0xF3, 0x48, 0xCD, 0xC9, 0xC9, 0x07, 0x00];
    private static readonly byte[] s_plain = [0xF2, 0x48, 0xCD, 0xC9, 0xC9, 0x07, 0x00];

    [Theory] // The example of the RFC, whole and in fragments; also from a server that leaves out the byte after the block.
    [InlineData("C108F348CDC9C9070000")]
    [InlineData("C107F348CDC9C90700")]
    [InlineData("4103F348CD8005C9C9070000")]
    [InlineData("4107F348CDC9C90700800100")]
    [InlineData("4107F348CDC9C907008000")]
    [InlineData("4108F348CDC9C90700008000")]
    public void The_example_is_read_at_every_cut_and_so_is_what_follows(string hex)
    {
        byte[] message = Convert.FromHexString(hex);
        byte[] stream = Join(Text("a"), message, message, Frame(0xC1, s_plain), Text("b"), Frame(0xC1, [0xF2, 0x00, 0x11, 0x00, 0x00]), message);
        for (int piece = 1; piece <= stream.Length; piece++)
        {
            var result = ReadResult.Of(stream, [piece], inflater: new Inflater());
            Assert.Equal(["Text 61", Hello, Hello, Hello, "Text 62", Hello, Hello], result.Events);
            Assert.Null(result.ErrorCode);
        }
    }

    [Fact] // After ordinary messages, with and without context takeover.
    public void A_final_block_may_come_after_ordinary_messages()
    {
        byte[] stream = Join(Frame(0xC1, s_plain), Frame(0xC1, [.. s_final, 0]), Frame(0xC1, s_plain));
        Assert.All([new Inflater(), new Inflater(hasContext: false)], inflater =>
            Assert.Equal([Hello, Hello, Hello], ReadResult.Of(stream, inflater: inflater).Events));
    }

    [Theory] // An empty message: as one final block, several, and none.
    [InlineData("030000")]
    [InlineData("0300030000")]
    [InlineData("010000FFFF00")]
    [InlineData("000000FFFF0300010000FFFF00")]
    [InlineData("0300")]
    public void Empty_messages_may_have_final_blocks(string hex)
    {
        byte[] empty = Convert.FromHexString(hex);
        byte[] stream = Join(Frame(0xC1, empty), Frame(0xC1, s_plain), Frame(0xC1, empty), Frame(0xC1, [.. s_final, 0]));
        for (int piece = 1; piece <= stream.Length; piece++)
        {
            Assert.Equal(["Text ", Hello, "Text ", Hello], ReadResult.Of(stream, [piece], inflater: new Inflater()).Events);
        }
    }

    [Theory] // What follows a final block is DEFLATE data that ends with a block, or the message is refused.
    [InlineData("FF")]
    [InlineData("FFFFFFFF")]
    [InlineData("02")]
    [InlineData("000102")]
    [InlineData("07")]
    [InlineData("F348")]
    [InlineData("00000000")]
    [InlineData("0000000000")]
    public void Garbage_after_a_final_block_is_refused(string hex)
    {
        byte[] garbage = Convert.FromHexString(hex);
        byte[] stream = Join(Text("a"), Frame(0xC1, [.. s_final, .. garbage]), Text("b"));
        byte[] second = Join(Text("a"), Frame(0xC1, [0, 0, 0, 0xFF, 0xFF, .. s_final, .. garbage]), Text("b"));
        for (int piece = 1; piece <= stream.Length; piece++)
        {
            Assert.All([stream, second], bytes =>
            {
                var result = ReadResult.Of(bytes, [piece], inflater: new Inflater());
                Assert.Equal(1007, result.ErrorCode);
                Assert.Equal(["Text 61"], result.Events);
            });
        }
    }

    [Theory] // The limit counts all that the blocks inflate to, final or not; the message as large as the limit is fine.
    [InlineData(1000, true)]
    [InlineData(100_000, true)]
    [InlineData(1000, false)]
    [InlineData(100_000, false)]
    public void The_limit_holds_over_final_blocks(int limit, bool isFirstFinal)
    {
        byte[] half = new byte[limit / 2];
        byte[] message = new DeflateWriter().Stored([], isFirstFinal).Made(Finished(half), half).Made(Finished(half), half).End();
        byte[] larger = new DeflateWriter().Stored([], isFirstFinal).Made(Finished(half), half).Made(Finished([.. half, 0]), [.. half, 0]).End();

        Assert.Equal(["Binary " + new string('0', 2 * limit)], ReadResult.Of(Frame(0xC2, message), maxMessageBytes: limit, inflater: new Inflater()).Events);
        Assert.Equal(1009, ReadResult.Of(Frame(0xC2, larger), maxMessageBytes: limit, inflater: new Inflater()).ErrorCode);
        Assert.Equal(1009, ReadResult.Of(Frame(0xC2, larger), [1], limit, inflater: new Inflater()).ErrorCode);
    }

    [Fact] // A bomb of many final blocks ends at the limit, and takes no more memory than that.
    public void A_bomb_of_final_blocks_is_refused_early()
    {
        byte[] part = new byte[500_000];
        byte[] stream = Frame(0xC2, [.. Enumerable.Repeat(Finished(part), 100).SelectMany(static blocks => blocks), 0]);
        long before = GC.GetAllocatedBytesForCurrentThread();
        Assert.Equal(1009, ReadResult.Of(stream, maxMessageBytes: 1 << 20, inflater: new Inflater()).ErrorCode);
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 5 << 20);
    }

    [Theory] // A compressor that finishes each message: small and large ones, in one block or many.
    [InlineData(1)]
    [InlineData(3)]
    [InlineData(1000)]
    [InlineData(300_000)]
    public void Finished_messages_are_read(int words)
    {
        byte[] message = Words(words);
        string expected = "Text " + Convert.ToHexString(message);
        byte[] finished = [.. Finished(message), 0];
        byte[] stream = Join(Frame(0xC1, finished), StreamGenerator.Fragments(0x41, finished, [finished.Length / 2], [Ping("")]), Frame(0xC1, Deflate(message)), Frame(0xC1, finished));
        foreach (int piece in new[] { 1, 7, 9000, 64 * 1024 })
        {
            Assert.Equal([expected, "Ping ", expected, expected, expected], ReadResult.Of(stream, [piece], maxMessageBytes: 4 << 20, inflater: new Inflater()).Events);
        }
    }

    [Theory] // Context takeover continues over final blocks: matches refer to whatever came before, as far back as the window.
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    public void Any_blocks_in_any_order_are_read_in_any_cut(int seed)
    {
        var random = new Random(seed);
        for (int round = 0; round < 60; round++)
        {
            var writer = new DeflateWriter();
            var (stream, expected) = (new List<byte>(), new List<string>());
            int firstFinal = random.Next(0, 6);
            for (int i = 0; i < 8; i++)
            {
                for (int blocks = random.Next(1, 5); blocks > 0; blocks--)
                {
                    bool isFinal = i >= firstFinal && random.Next(3) == 0;
                    byte[] bytes = new byte[random.Next(0, random.Next(4) == 0 ? 40_000 : 40)];
                    random.NextBytes(bytes);
                    switch (random.Next(4))
                    {
                        case 0:
                            writer.Stored(bytes, isFinal);
                            break;
                        case 1:
                            byte[] words = Words(random.Next(1, 3000));
                            writer.Made(isFinal ? Finished(words) : Flushed(words), words);
                            break;
                        default:
                            int most = writer.Window;
                            writer.Fixed(bytes, most == 0 ? 0 : random.Next(3) == 0 ? most : random.Next(1, most + 1), random.Next(3, 11), isFinal);
                            break;
                    }
                }

                expected.Add("Binary " + Convert.ToHexString(writer.Inflated));
                byte[] payload = writer.End();
                stream.AddRange(random.Next(2) == 0
                    ? Frame(0xC2, payload)
                    : StreamGenerator.Fragments(0x42, payload, [random.Next(0, payload.Length), random.Next(0, payload.Length)], []));
            }

            int[] pieces = random.Next(3) switch { 0 => [1], 1 => [random.Next(1, 100)], _ => [random.Next(1, 100), random.Next(1, 70_000)] };
            var result = ReadResult.Of([.. stream], pieces, 4 << 20, inflater: new Inflater());
            Assert.True(expected.SequenceEqual(result.Events), $"seed {seed}, round {round}: {result.ErrorCode}");
        }
    }

    private static byte[] Words(int count)
    {
        var text = new StringBuilder();
        var random = new Random(count);
        for (int i = 0; i < count; i++)
        {
            text.Append((char)('a' + random.Next(16))).Append(random.Next(4) == 0 ? " the " : "");
        }

        return Encoding.UTF8.GetBytes(text.ToString());
    }

    // What a compressor writes that ends its stream: the last block is final.
    private static byte[] Finished(byte[] message)
    {
        using var output = new MemoryStream();
        using (var stream = new DeflateStream(output, CompressionLevel.Optimal, leaveOpen: true))
        {
            stream.Write(message);
        }

        return output.ToArray();
    }

    private static byte[] Flushed(byte[] message) => [.. Deflate(message), 0, 0, 0xFF, 0xFF];
}
