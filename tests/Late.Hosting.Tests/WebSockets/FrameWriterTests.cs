using System.Text;
using CsCheck;
using Late.Hosting.Tests.Support;
using Late.Hosting.WebSockets;

namespace Late.Hosting.Tests.WebSockets;

/// <summary>What the writer writes is what a server reads.</summary>
[Collection(nameof(Alone))]
public sealed class FrameWriterTests
{
    [Theory] // §5.2, §5.1: the shortest form of the length, the mask bit, a key, masked payload.
    [InlineData(0, "8280")]
    [InlineData(125, "82FD")]
    [InlineData(126, "82FE007E")]
    [InlineData(65535, "82FEFFFF")]
    [InlineData(65536, "82FF0000000000010000")]
    public void Headers(int length, string header)
    {
        using var writer = new FrameWriter();
        byte[] payload = StreamGenerator.Bytes(length, 7);
        writer.Write(LateFrame.Binary(payload));
        byte[] written = writer.Buffered.ToArray();
        int keyAt = header.Length / 2;
        Assert.Equal(header, Convert.ToHexString(written[..keyAt]));
        Assert.Equal(payload, written[(keyAt + 4)..].Select((value, i) => (byte)(value ^ written[keyAt + (i % 4)])));
    }

    [Fact] // §5.6: text from a string is encoded in place; around each size where the header's length is a guess.
    public void Strings_of_every_size_and_width()
    {
        var messages = new List<LateFrame>();
        foreach (int length in new[] { 0, 1, 41, 42, 62, 63, 64, 124, 125, 126, 127, 4095, 4096, 4097, 21845, 21846, 65535, 65536 })
        {
            messages.AddRange(new[] { "a", "é", "水", "😀" }.Select(one => LateFrame.Text(string.Concat(Enumerable.Repeat(one, length / one.Length)))));
        }

        messages.Add(LateFrame.Text("a lone \uD83D surrogate"));
        RoundTrips(messages);
    }

    [Fact] // Generated messages, read by the oracle as a server.
    public void Agrees_with_the_oracle()
    {
        var message = Gen.OneOf(
            Gen.String[Gen.Char, 0, 200].Select(LateFrame.Text),
            Gen.String[Gen.Char.AlphaNumeric, 0, 3000].Select(text => LateFrame.Text(Encoding.UTF8.GetBytes(text))),
            Gen.Byte.Array[0, 300].Select(bytes => LateFrame.Binary(bytes)));
        message.Array[0, 10].Sample(RoundTrips, iter: StreamGenerator.Streams / 5);
    }

    [Fact] // §5.5.2, §5.5.3: pings and pongs of up to 125 bytes.
    public void Pings_and_pongs()
    {
        using var writer = new FrameWriter();
        writer.WriteControl(Opcode.Ping, new byte[125]);
        writer.WriteControl(Opcode.Pong, []);
        byte[] written = writer.Buffered.ToArray();
        Assert.Equal(new byte[] { 0x89, 0xFD }, written[..2]);
        Assert.Equal(new byte[] { 0x8A, 0x80 }, written[131..133]);
        Assert.Throws<ArgumentException>(() => writer.WriteControl(Opcode.Ping, new byte[126]));
        Assert.Throws<ArgumentException>(() => writer.WriteControl(Opcode.Close, []));
        Assert.Throws<ArgumentException>(() => writer.WriteControl(Opcode.Text, []));
        Assert.Equal(137, writer.BufferedBytes);
    }

    [Theory] // §5.5.1: code and reason; the reason is cut between characters at 123 bytes.
    [InlineData(1000, "", "")]
    [InlineData(4999, "bye", "bye")]
    [InlineData(1001, null, "")]
    public void Closes(int code, string? reason, string expected)
    {
        using var writer = new FrameWriter();
        writer.WriteClose(code, reason);
        Assert.Equal(new ClosePayload(code, expected), Oracle.ReadAsServer(writer.Buffered.ToArray()).Close);
    }

    [Fact] // §5.5, §5.5.1: a longer reason is cut where a character ends.
    public void Long_reasons_are_cut()
    {
        foreach (string one in new[] { "a", "é", "水", "😀" })
        {
            using var writer = new FrameWriter();
            writer.WriteClose(1000, string.Concat(Enumerable.Repeat(one, 200)));
            int whole = 123 / Encoding.UTF8.GetByteCount(one);
            Assert.Equal(string.Concat(Enumerable.Repeat(one, whole)), Oracle.ReadAsServer(writer.Buffered.ToArray()).Close!.Value.Reason);
        }
    }

    [Theory] // §7.4: codes that may not be sent.
    [InlineData(999)]
    [InlineData(1004)]
    [InlineData(1005)]
    [InlineData(1006)]
    [InlineData(1015)]
    [InlineData(2000)]
    [InlineData(5000)]
    [InlineData(66536)]
    [InlineData(-1)]
    public void Codes_that_may_not_be_sent(int code)
    {
        using var writer = new FrameWriter();
        Assert.Throws<ArgumentOutOfRangeException>(() => writer.WriteClose(code, null));
        Assert.Equal(0, writer.BufferedBytes);
    }

    [Fact] // §5.5.1: nothing follows a Close frame. §7.1.5: 1005 stands for one without a code.
    public void Nothing_follows_a_close()
    {
        using var writer = new FrameWriter();
        writer.WriteClose(ClosePayload.Empty);
        Assert.True(writer.IsClosed);
        Assert.Equal(new byte[] { 0x88, 0x80 }, writer.Buffered[..2].ToArray());
        Assert.Throws<InvalidOperationException>(() => writer.Write(LateFrame.Text("a")));
        Assert.Throws<InvalidOperationException>(() => writer.Write(LateFrame.Binary(default)));
        Assert.Throws<InvalidOperationException>(() => writer.WriteControl(Opcode.Pong, []));
        Assert.Throws<InvalidOperationException>(() => writer.WriteClose(1000, null));
        Assert.Equal(6, writer.BufferedBytes);
    }

    [Fact] // A frame that was never made has no opcode.
    public void A_default_frame_is_refused()
    {
        using var writer = new FrameWriter();
        Assert.Throws<ArgumentException>(() => writer.Write(default));
    }

    [Fact] // What is taken stays as it is while the writer continues.
    public void Taken_bytes_stay()
    {
        using var writer = new FrameWriter();
        writer.Write(LateFrame.Text("one"));
        var taken = writer.Take();
        byte[] before = taken.Memory.ToArray();
        writer.Write(LateFrame.Text("two"));
        Assert.Equal(before, taken.Memory.ToArray());
        Assert.Equal(before.Length, writer.BufferedBytes);
        taken.Return();
        writer.Clear();
        Assert.Equal(0, writer.BufferedBytes);
        default(WrittenBytes).Return();
    }

    [Fact] // The steady state allocates nothing once the pools are filled.
    public void Nothing_is_allocated_per_frame()
    {
        using var writer = new FrameWriter();
        LateFrame[] frames = [LateFrame.Text("text"), LateFrame.Text(new string('é', 100)), LateFrame.Binary(new byte[1000])];
        long least = long.MaxValue;
        for (int round = 0; round < 6; round++)
        {
            long before = GC.GetAllocatedBytesForCurrentThread();
            for (int i = 0; i < 3000; i++)
            {
                writer.Write(frames[i % 3]);
                writer.WriteControl(Opcode.Ping, "ping"u8);
                if (i % 10 == 0)
                {
                    writer.Clear();
                }
            }

            least = Math.Min(least, GC.GetAllocatedBytesForCurrentThread() - before);
        }

        Assert.Equal(0, least);
    }

    private static void RoundTrips(IReadOnlyList<LateFrame> messages)
    {
        using var writer = new FrameWriter();
        foreach (var message in messages)
        {
            writer.Write(message);
        }

        Assert.Equal(messages.Select(ReadResult.Describe), Oracle.ReadAsServer(writer.Buffered.ToArray()).Events);
    }
}
