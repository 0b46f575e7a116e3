using System.Text;
using Late.Hosting.Tests.Support;
using Late.Hosting.WebSockets;
using static Late.Hosting.Tests.WebSockets.ServerFrames;

namespace Late.Hosting.Tests.WebSockets;

/// <summary>One rule per test. Each stream is read in one piece and byte by byte, with the same result.</summary>
[Collection(nameof(Alone))]
public sealed class FrameReaderTests
{
    private static readonly byte[] s_a100 = Encoding.ASCII.GetBytes(new string('a', 100));

    [Fact] // §5.6: a text frame is a message of text, a binary frame one of bytes; both may be empty.
    public void Unfragmented_messages()
    {
        Reads(Join(Text("hello"), Binary(1, 2, 3), Text(""), Binary()), "Text 68656C6C6F", "Binary 010203", "Text ", "Binary ");
    }

    [Theory] // §5.2: 7, 16 and 64 bits of length.
    [InlineData(125)]
    [InlineData(126)]
    [InlineData(127)]
    [InlineData(65535)]
    [InlineData(65536)]
    [InlineData(1 << 20)]
    public void Lengths(int length)
    {
        byte[] payload = new byte[length];
        Random.Shared.NextBytes(payload);
        Reads(Join(Frame(0x82, payload), Text("next")), $"Binary {Convert.ToHexString(payload)}", "Text 6E657874");
    }

    [Fact] // §5.4: a message in fragments, some of them empty, with control frames in between.
    public void Fragments_with_control_frames_between()
    {
        Reads(
            Join(Frame(0x01, "he"u8.ToArray()), Ping("1"), Frame(0x00, []), Frame(0x8A, []), Frame(0x80, "y"u8.ToArray()), Frame(0x02, [1]), Frame(0x80, [])),
            "Ping 31",
            "Pong ",
            "Text 686579",
            "Binary 01");
    }

    [Fact] // §5.2: lengths in the shortest form.
    public void Longer_forms_of_a_length_are_refused()
    {
        Fails(1002, Header(0x82, 126, 125));
        Fails(1002, Header(0x82, 127, 125));
        Fails(1002, Header(0x82, 127, 65535));
    }

    [Fact] // §5.2: the most significant bit of a 64-bit length is zero.
    public void Lengths_of_64_bits_are_refused()
    {
        Fails(1002, Header(0x82, 127, long.MinValue));
        Fails(1002, Header(0x82, 127, -1));
        Fails(1009, Header(0x82, 127, long.MaxValue));
    }

    [Theory] // §5.2: reserved bits; RFC 7692 §6: also RSV1 where compression was not negotiated.
    [InlineData(0xC1)]
    [InlineData(0xA1)]
    [InlineData(0x91)]
    [InlineData(0xC9)]
    [InlineData(0xF8)]
    public void Reserved_bits_are_refused(int first) => Fails(1002, Frame(first, []));

    [Theory] // §5.2: opcodes 3-7 and B-F.
    [InlineData(0x3)]
    [InlineData(0x4)]
    [InlineData(0x5)]
    [InlineData(0x6)]
    [InlineData(0x7)]
    [InlineData(0xB)]
    [InlineData(0xC)]
    [InlineData(0xD)]
    [InlineData(0xE)]
    [InlineData(0xF)]
    public void Reserved_opcodes_are_refused(int opcode) => Fails(1002, Frame(0x80 | opcode, []));

    [Fact] // §5.1: a server does not mask.
    public void Masked_frames_are_refused()
    {
        Fails(1002, [.. Header(0x81, 0x80 | 2, 0), 1, 2, 3, 4, 5, 6]);
        Fails(1002, Header(0x89, 0x80, 0));
    }

    [Fact] // §5.5: control frames are not fragmented and have at most 125 bytes.
    public void Control_frames_have_limits()
    {
        Fails(1002, Frame(0x09, []));
        Fails(1002, Frame(0x08, []));
        Fails(1002, Frame(0x89, new byte[126]));
        Fails(1002, Header(0x8A, 127, 65536));
        Reads(Frame(0x89, new byte[125]), "Ping " + new string('0', 250));
    }

    [Fact] // §5.4: continuations only after a start.
    public void A_continuation_of_nothing_is_refused()
    {
        Fails(1002, Frame(0x80, []));
        Fails(1002, Frame(0x00, [1]));
        Fails(1002, Join(Frame(0x01, []), Frame(0x80, []), Frame(0x80, [])), "Text ");
    }

    [Fact] // §5.4: messages do not interleave.
    public void A_message_inside_a_fragmented_one_is_refused()
    {
        Fails(1002, Join(Frame(0x01, [65]), Text("b")));
        Fails(1002, Join(Frame(0x02, [65]), Frame(0x02, [66])));
    }

    [Fact] // §7.1.6: what came whole before the violation is still delivered.
    public void Messages_before_a_violation_are_delivered() =>
        Fails(1002, Join(Text("a"), Ping("p"), Text("b"), Frame(0x83, []), Text("c")), "Text 61", "Ping 70", "Text 62");

    [Fact] // §5.5.1: after a Close frame nothing is read.
    public void Nothing_is_read_after_a_close()
    {
        var result = Reads(Join(Text("a"), Close(1000, "bye"), Text("b"), Frame(0xFF, [])), "Text 61", "Close 03E8627965");
        Assert.Equal(new ClosePayload(1000, "bye"), result.Close);
    }

    [Fact] // §7.1.5: a Close frame without a body counts as 1005.
    public void A_close_without_a_code() => Assert.Equal(ClosePayload.Empty, Reads(Frame(0x88, []), "Close ").Close);

    [Fact] // §5.5.1: a body begins with two bytes of code.
    public void A_close_body_of_one_byte_is_refused() => Fails(1002, Frame(0x88, [3]));

    [Fact] // §5.5.1, §8.1: the reason is UTF-8.
    public void A_close_reason_that_is_not_text_is_refused() => Fails(1007, Frame(0x88, [0x03, 0xE8, 0xCE, 0xBA, 0xE1]));

    [Fact] // §7.4 and the IANA registry: every code there is.
    public void Close_codes()
    {
        for (int code = 0; code <= ushort.MaxValue; code++)
        {
            bool valid = code is 1000 or 1001 or 1002 or 1003 or 1007 or 1008 or 1009 or 1010 or 1011 or 1012 or 1013 or 1014 or (>= 3000 and <= 4999);
            Assert.Equal(valid, LateCloseCode.MaySend(code));
        }

        Fails(1002, Close(1005));
        Fails(1002, Close(2999));
        Fails(1002, Close(5000));
    }

    [Fact] // §10.4: the limit counts before memory is taken, and over all fragments.
    public void Messages_over_the_limit_are_refused()
    {
        Reads(Frame(0x82, new byte[100]), 100, "Binary " + new string('0', 200));
        Fails(1009, Frame(0x81, [.. s_a100, 65]), 100);
        Fails(1009, Header(0x82, 127, 1L << 40), 100);
        Fails(1009, Join(Frame(0x01, s_a100), Header(0x80, 1, 0)), 100);
        Fails(1009, Join(Frame(0x01, [65]), Frame(0x00, [66]), Header(0x80, 126, 1000)), 100);
    }

    [Fact] // A header's promise costs little: memory follows what has come.
    public void A_large_announcement_takes_little_memory()
    {
        using var reader = new FrameReader(int.MaxValue);
        byte[] header = Header(0x82, 127, 1 << 30);
        header.CopyTo(reader.GetBuffer());
        long before = GC.GetAllocatedBytesForCurrentThread();
        reader.Advance(header.Length, FrameBatch.Rent());
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 2 << 20);
        Assert.InRange(reader.GetBuffer().Length, 1, 2 << 20);
    }

    [Fact] // A connection between messages holds no buffer.
    public void Idle_between_messages_only()
    {
        using var reader = new FrameReader(1000);
        Assert.True(reader.IsIdle);
        foreach (byte[] stream in new[] { Text("abc"), Join(Frame(0x01, [65]), Frame(0x80, [66])) })
        {
            for (int i = 0; i < stream.Length; i++)
            {
                reader.GetBuffer().Span[0] = stream[i];
                var batch = FrameBatch.Rent();
                reader.Advance(1, batch);
                batch.Release();
                Assert.Equal(i == stream.Length - 1, reader.IsIdle);
            }

            reader.ReleaseBuffer();
        }
    }

    [Fact] // The steady state allocates nothing once the pools are filled: frames in place, assembled ones, control frames.
    public void Nothing_is_allocated_per_frame()
    {
        byte[] stream = Join([.. Enumerable.Repeat(Join(Text("hello"), Binary(1, 2), Frame(0x01, s_a100), Ping("x"), Frame(0x80, s_a100)), 200)]);
        using var reader = new FrameReader(1000, 4096);
        long least = long.MaxValue;
        for (int round = 0; round < 6; round++)
        {
            long before = GC.GetAllocatedBytesForCurrentThread();
            for (int at = 0; at < stream.Length;)
            {
                var buffer = reader.GetBuffer().Span;
                int count = Math.Min(Math.Min(1500, buffer.Length), stream.Length - at);
                stream.AsSpan(at, count).CopyTo(buffer);
                at += count;
                var batch = FrameBatch.Rent();
                reader.Advance(count, batch);
                batch.Release();
            }

            least = Math.Min(least, GC.GetAllocatedBytesForCurrentThread() - before);
        }

        Assert.Equal(0, least);
    }

    private static ReadResult Reads(byte[] stream, params string[] events) => Reads(stream, 1 << 20, events);

    private static ReadResult Reads(byte[] stream, int maxMessageBytes, params string[] events)
    {
        var result = ReadResult.Of(stream, maxMessageBytes: maxMessageBytes);
        Assert.Equal(events, result.Events);
        Assert.Null(result.ErrorCode);
        Assert.Equal(result, ReadResult.Of(stream, [1], maxMessageBytes));
        return result;
    }

    private static void Fails(int code, byte[] stream, params string[] events) => Fails(code, stream, 1 << 20, events);

    private static void Fails(int code, byte[] stream, int maxMessageBytes, params string[] events)
    {
        var result = ReadResult.Of(stream, maxMessageBytes: maxMessageBytes);
        Assert.Equal(code, result.ErrorCode);
        Assert.Equal(events, result.Events);
        Assert.Equal(result, ReadResult.Of(stream, [1], maxMessageBytes));
    }
}
