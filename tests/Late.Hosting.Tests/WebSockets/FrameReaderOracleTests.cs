using System.Text.Unicode;
using CsCheck;
using Late.Hosting.WebSockets;
using static Late.Hosting.Tests.WebSockets.ServerFrames;

namespace Late.Hosting.Tests.WebSockets;

/// <summary>The reader agrees with itself, however a stream is cut, and with System.Net.WebSockets.</summary>
public sealed class FrameReaderOracleTests
{
    private const int Limit = 1 << 20;

    // What may come behind a stream that stops in the middle; no zeros, which would shorten a length.
    private static readonly byte[] s_more = [.. Enumerable.Repeat((byte)1, Limit)];

    [Fact] // §5, §6.2: where the network cuts a stream changes nothing: at every single place, for streams of every kind.
    public void Every_cut_of_a_corpus()
    {
        byte[][] corpus =
        [
            Join(Text("hello"), Ping("a"), Frame(0x01, "κό"u8.ToArray()), Ping("b"), Frame(0x00, []), Frame(0x80, "σμε"u8.ToArray()), Close(1000, "bye")),
            Join(Binary(1, 2, 3), Frame(0x82, new byte[125]), Frame(0x82, new byte[126]), Frame(0x82, new byte[300]), Text("é")),
            Join(Text("a"), Frame(0x81, [0x61, 0xC3]), Text("b")),
            Join(Frame(0x02, new byte[200]), Frame(0x89, new byte[125]), Frame(0x80, new byte[126]), Frame(0x80, [])),
            Join(Text("a"), Header(0x82, 126, 125)),
            Join(Text("a"), Frame(0x88, [3])),
        ];
        foreach (byte[] stream in corpus)
        {
            var whole = ReadResult.Of(stream);
            for (int cut = 1; cut < stream.Length; cut++)
            {
                Assert.Equal(whole, ReadResult.Of(stream, [cut, int.MaxValue]));
                Assert.Equal(whole, ReadResult.Of(stream, [cut], segmentBytes: 256));
            }
        }
    }

    [Fact] // Generated streams, right and wrong, cut at random places.
    public void Agrees_with_the_oracle() =>
        Gen.Select(StreamGenerator.Any, StreamGenerator.Pieces, Gen.OneOf(256, 4096, FrameReader.DefaultSegmentBytes))
            .Sample(
                (stream, pieces, segmentBytes) => Compare(stream, pieces, segmentBytes),
                iter: StreamGenerator.Streams,
                print: item => $"{Convert.ToHexString(item.Item1)} in pieces of {string.Join(',', item.Item2)}, segments of {item.Item3}");

    [Theory] // The places where the oracle differs from the RFC, so that what Compare excuses stays true.
    [InlineData("827E0001FF", Difference.OracleTakesLongerForms)]
    [InlineData("897E0001FF", Difference.OracleTakesLongerForms)]
    [InlineData("81FE", Difference.OracleWaitsForMore)]
    [InlineData("8105FF", Difference.OracleWaitsForMore)]
    [InlineData("0101C38000", Difference.OracleLetsBadTextEndInAnEmptyFrame)]
    [InlineData("0101C1890041C1", Difference.OracleWaitsBehindABadLead)]
    [InlineData("827F0000000000200000", Difference.OracleHasNoLimit)]
    [InlineData("8800", Difference.OracleCallsNoStatusNormal)]
    [InlineData("880303E8FF", Difference.OracleAnswersABadReasonWith1002)]
    public void Known_differences(string hex, Difference expected)
    {
        byte[] stream = Convert.FromHexString(hex);
        Assert.Equal(expected, Find(ReadResult.Of(stream), Oracle.ReadAsClient(stream), stream));
    }

    public enum Difference
    {
        None,

        /// <summary>RFC 6455 §5.2 demands the shortest form of a length, also for a control frame; the oracle takes all forms.</summary>
        OracleTakesLongerForms,

        /// <summary>The stream ends inside a header or a text that is wrong already; the oracle reports it when the rest has come.</summary>
        OracleWaitsForMore,

        /// <summary>RFC 6455 §7.4.1 has 1007 for text that is not UTF-8; the oracle answers a reason that is not with 1002.</summary>
        OracleAnswersABadReasonWith1002,

        /// <summary>RFC 6455 §7.1.5 has 1005 for a Close frame without a code; the oracle reports 1000.</summary>
        OracleCallsNoStatusNormal,

        /// <summary>RFC 6455 §8.1: a text that stops inside a character is refused, also when an empty frame ends it.</summary>
        OracleLetsBadTextEndInAnEmptyFrame,

        /// <summary>RFC 3629 §1: C0, C1 and F5 to FF begin no character; the oracle reports it with the text's next byte.</summary>
        OracleWaitsBehindABadLead,

        /// <summary>The oracle has no limit for a message.</summary>
        OracleHasNoLimit,

        Unknown,
    }

    private static void Compare(byte[] stream, int[] pieces, int segmentBytes)
    {
        var ours = ReadResult.Of(stream, pieces, Limit, segmentBytes);
        var theirs = Oracle.ReadAsClient(stream);
        var difference = Find(ours, theirs, stream);
        if (difference == Difference.Unknown)
        {
            Assert.Fail($"Ours:\n{ours}\n\nTheirs:\n{theirs}");
        }
    }

    private static Difference Find(ReadResult ours, ReadResult theirs, byte[] stream)
    {
        // The oracle shows messages and pings apart, and no pongs and Close frames.
        string[] messages = [.. ours.Events.Where(item => item[0] is 'T' or 'B')];
        string[] pings = [.. ours.Events.Where(item => item.StartsWith("Ping", StringComparison.Ordinal))];
        string[] all = [.. messages, .. pings];
        if (all.SequenceEqual(theirs.Events) && ours.ErrorCode == theirs.ErrorCode && ours.Close == theirs.Close)
        {
            return Difference.None;
        }

        if (all.SequenceEqual(theirs.Events) && ours.Close == ClosePayload.Empty && theirs.Close is { Code: 1000, Reason: "" })
        {
            return Difference.OracleCallsNoStatusNormal;
        }

        string error = ErrorOf(stream);
        if (ours.ErrorCode == 1007 && theirs.ErrorCode == 1002 && all.SequenceEqual(theirs.Events)
            && error.Contains("The reason in a Close frame", StringComparison.Ordinal))
        {
            return Difference.OracleAnswersABadReasonWith1002;
        }

        string[] theirMessages = [.. theirs.Events.Where(item => item[0] is 'T' or 'B')];
        bool oursCameFirst = messages.SequenceEqual(theirMessages.Take(messages.Length));
        if (ours.ErrorCode == 1002 && oursCameFirst
            && (error.Contains("shortest form", StringComparison.Ordinal) || error.Contains("longer than 125 bytes", StringComparison.Ordinal)))
        {
            return Difference.OracleTakesLongerForms;
        }

        if (theirs is { ErrorCode: null, Close: null } && ours.ErrorCode is 1002 or 1007 && all.SequenceEqual(theirs.Events)
            && Oracle.ReadAsClient([.. stream, .. s_more]).ErrorCode == ours.ErrorCode)
        {
            return Difference.OracleWaitsForMore;
        }

        if (ours.ErrorCode == 1007 && oursCameFirst && theirMessages.Length > messages.Length
            && theirMessages[messages.Length] is ['T', ..] text && !Utf8.IsValid(Convert.FromHexString(text["Text ".Length..])))
        {
            return Difference.OracleLetsBadTextEndInAnEmptyFrame;
        }

        string[] theirPings = [.. theirs.Events.Skip(theirMessages.Length)];
        if (ours.ErrorCode == 1007 && messages.SequenceEqual(theirMessages) && pings.SequenceEqual(theirPings.Take(pings.Length))
            && stream.Any(value => value is 0xC0 or 0xC1 or >= 0xF5))
        {
            return Difference.OracleWaitsBehindABadLead;
        }

        return ours.ErrorCode == 1009 && oursCameFirst ? Difference.OracleHasNoLimit : Difference.Unknown;
    }

    private static string ErrorOf(byte[] stream)
    {
        using var reader = new FrameReader(Limit);
        var batch = FrameBatch.Rent();
        try
        {
            for (int at = 0; at < stream.Length;)
            {
                var buffer = reader.GetBuffer().Span;
                int count = Math.Min(buffer.Length, stream.Length - at);
                stream.AsSpan(at, count).CopyTo(buffer);
                at += count;
                reader.Advance(count, batch);
                while (reader.HasMore)
                {
                    batch.Release();
                    batch = FrameBatch.Rent();
                    reader.Advance(0, batch);
                }
            }

            return string.Empty;
        }
        catch (WebSocketProtocolException exception)
        {
            return exception.Message;
        }
        finally
        {
            batch.Release();
        }
    }
}
