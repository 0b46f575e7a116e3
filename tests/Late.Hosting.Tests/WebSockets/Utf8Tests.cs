using System.Text;
using System.Text.Unicode;
using Late.Hosting.WebSockets;
using static Late.Hosting.Tests.WebSockets.ServerFrames;

namespace Late.Hosting.Tests.WebSockets;

/// <summary>RFC 6455 §8.1: text is UTF-8, and fails with 1007 as soon as it cannot be.</summary>
public sealed class Utf8Tests
{
    // "κόσμε" in Greek and a character of four bytes, by itself and with what makes it invalid.
    private const string Greek = "CEBAE1BDB9CF83CEBCCEB5";

    [Theory] // §8.1: valid text, also where characters are cut by fragments.
    [InlineData(Greek)]
    [InlineData("F09F9880")]
    [InlineData("EFBFBF")]
    [InlineData("F48FBFBF")]
    [InlineData("EFBFBE00")]
    [InlineData("ED9FBF")]
    [InlineData("EE8080")]
    public void Valid_text_in_all_fragmentations(string hex)
    {
        byte[] text = Convert.FromHexString(hex);
        for (int cut = 0; cut <= text.Length; cut++)
        {
            byte[] stream = Join(Frame(0x01, text[..cut]), Ping(""), Frame(0x80, text[cut..]));
            for (int piece = 1; piece < 5; piece++)
            {
                var result = ReadResult.Of(stream, [piece]);
                Assert.Equal(["Ping ", $"Text {hex}"], result.Events);
            }
        }
    }

    [Theory] // §8.1: the message fails with the first byte that makes it impossible: "at" bytes are fine, the next is not.
    [InlineData(Greek + "F4908080656469746564", 12)] // above U+10FFFF
    [InlineData(Greek + "EDA080656469746564", 12)] // a surrogate
    [InlineData("C0AF", 0)] // overlong
    [InlineData("C1BF", 0)]
    [InlineData("E080AF", 1)]
    [InlineData("E09FBF", 1)]
    [InlineData("F08080AF", 1)]
    [InlineData("F08FBFBF", 1)]
    [InlineData("F5808080", 0)]
    [InlineData("F888808080", 0)]
    [InlineData("FE", 0)]
    [InlineData("80", 0)] // a continuation of nothing
    [InlineData("61BF", 1)]
    [InlineData("C341", 1)] // a character that stops too early
    [InlineData("E18041", 2)]
    [InlineData("F0908041", 3)]
    public void Invalid_text_fails_in_mid_frame(string hex, int at)
    {
        byte[] text = Convert.FromHexString(hex);
        foreach (bool compressed in new[] { false, true })
        {
            using var reader = new FrameReader(1000, inflater: compressed ? new Inflater() : null);

            // The frame announces more than will come, so that nothing but the bytes themselves can end it.
            byte[] payload = compressed ? Stored(text) : text;
            byte[] stream = [.. Header(compressed ? 0x41 : 0x01, 126, 500), .. payload];
            int expected = stream.Length - text.Length + at;
            for (int i = 0; i < stream.Length; i++)
            {
                reader.GetBuffer().Span[0] = stream[i];
                var batch = FrameBatch.Rent();
                if (i < expected)
                {
                    reader.Advance(1, batch);
                }
                else
                {
                    Assert.Equal(1007, Assert.Throws<WebSocketProtocolException>(() => reader.Advance(1, batch)).CloseCode);
                    break;
                }

                batch.Release();
            }
        }
    }

    [Theory] // §8.1: a message does not end inside a character.
    [InlineData("C3")]
    [InlineData("E282")]
    [InlineData("F09F98")]
    public void Text_that_ends_in_a_character_is_refused(string hex)
    {
        byte[] text = Convert.FromHexString(hex);
        Assert.Equal(1007, ReadResult.Of(Frame(0x81, text)).ErrorCode);
        Assert.Equal(1007, ReadResult.Of(Frame(0x81, text), [1]).ErrorCode);
        Assert.Equal(1007, ReadResult.Of(Join(Frame(0x01, text), Frame(0x80, []))).ErrorCode);
        Assert.Equal(1007, ReadResult.Of(Join(Frame(0x01, [65]), Frame(0x80, text)), [2]).ErrorCode);
    }

    [Fact] // §8.1: what the prefix check finds for all sequences of up to three bytes agrees with their completions.
    public void All_prefixes()
    {
        // A prefix is possible when some completion by continuation bytes is valid.
        Span<byte> bytes = stackalloc byte[4];
        for (int first = 0x80; first <= 0xFF; first++)
        {
            for (int second = 0; second <= 0xFF; second++)
            {
                bytes[0] = (byte)first;
                bytes[1] = (byte)second;
                Assert.Equal(CanBecomeValid(bytes, 2), Utf8Prefix.Validate(bytes[..2]) >= 0);
                for (int third = 0x70; third <= 0xCF; third++)
                {
                    bytes[2] = (byte)third;
                    Assert.Equal(CanBecomeValid(bytes, 3), Utf8Prefix.Validate(bytes[..3]) >= 0);
                }
            }
        }
    }

    private static bool CanBecomeValid(ReadOnlySpan<byte> prefix, int length)
    {
        Span<byte> whole = stackalloc byte[7];
        prefix[..length].CopyTo(whole);
        for (int more = 0; more <= 3; more++)
        {
            // Which continuation bytes: the ends of their range are enough, for a character of which the lead is fixed.
            whole[length..].Fill(0x80);
            if (Utf8.IsValid(whole[..(length + more)]))
            {
                return true;
            }

            whole[length..].Fill(0xBF);
            if (Utf8.IsValid(whole[..(length + more)]))
            {
                return true;
            }

            // E0 and F0 need a second byte in the upper part, ED and F4 one in the lower: 9F and 90 meet both.
            whole[length] = 0x9F;
            if (Utf8.IsValid(whole[..(length + more)]))
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>A DEFLATE block without compression, so that the text comes out byte by byte.</summary>
    private static byte[] Stored(byte[] text) =>
        [0x00, (byte)text.Length, 0, (byte)~text.Length, 0xFF, .. text];

    [Fact] // §5.6: binary is not text.
    public void Binary_is_not_checked() =>
        Assert.Equal(["Binary FF"], ReadResult.Of(Binary(0xFF), [1]).Events);

    [Fact] // §8.1: also a long text, read straight to its place.
    public void Invalid_text_in_a_large_frame_fails_before_its_end()
    {
        byte[] text = Encoding.UTF8.GetBytes(new string('é', 400_000));
        byte[] stream = Frame(0x81, text);
        Assert.Single(ReadResult.Of(stream, [50_001]).Events);
        stream[500_000] = 0xFF;
        Assert.Equal(1007, ReadResult.Of(stream[..500_002], [50_001]).ErrorCode);
    }
}
