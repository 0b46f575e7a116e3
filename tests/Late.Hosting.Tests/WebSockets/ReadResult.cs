using System.Text;
using Late.Hosting.WebSockets;

namespace Late.Hosting.Tests.WebSockets;

/// <summary>What a reader made of a stream, in words that compare.</summary>
internal sealed record ReadResult(IReadOnlyList<string> Events, int? ErrorCode, ClosePayload? Close)
{
    /// <summary>Feeds a stream to a reader in pieces.</summary>
    /// <param name="stream">The bytes.</param>
    /// <param name="pieces">The sizes of the pieces, used one after the other; whatever the reader's buffer takes where null.</param>
    /// <param name="maxMessageBytes">The limit.</param>
    /// <param name="segmentBytes">The size of the reader's buffer.</param>
    /// <param name="inflater">For compressed streams.</param>
    public static ReadResult Of(byte[] stream, IReadOnlyList<int>? pieces = null, int maxMessageBytes = 1 << 20, int segmentBytes = FrameReader.DefaultSegmentBytes, Inflater? inflater = null)
    {
        using var reader = new FrameReader(maxMessageBytes, segmentBytes, inflater);
        return Of(reader, stream, pieces);
    }

    public static ReadResult Of(FrameReader reader, byte[] stream, IReadOnlyList<int>? pieces = null)
    {
        var events = new List<string>();
        var held = new List<FrameBatch>();
        int? error = null;
        for (int at = 0, piece = 0; at < stream.Length && error is null; piece++)
        {
            var buffer = reader.GetBuffer().Span;
            Assert.False(buffer.IsEmpty);
            int wanted = pieces is null ? int.MaxValue : Math.Max(1, pieces[piece % pieces.Count]);
            int count = Math.Min(Math.Min(wanted, buffer.Length), stream.Length - at);
            stream.AsSpan(at, count).CopyTo(buffer);
            at += count;
            do
            {
                // Some batches are looked at late, as by a slow handler: their memory must still be theirs.
                var batch = FrameBatch.Rent();
                held.Add(batch);
                try
                {
                    reader.Advance(count, batch);
                }
                catch (WebSocketProtocolException exception)
                {
                    error = exception.CloseCode;
                }

                count = 0;
            }
            while (reader.HasMore && error is null);

            if (piece % 3 == 2 || at == stream.Length || error is not null)
            {
                Describe(held, events);
            }

            if (reader.IsIdle && piece % 2 == 0)
            {
                reader.ReleaseBuffer();
            }
        }

        return new ReadResult(events, error, reader.Close);
    }

    public static string Describe(LateFrame frame) => $"{frame.Kind} {Convert.ToHexString(frame.Payload.Span)}";

    public bool Equals(ReadResult? other) =>
        other is not null && Events.SequenceEqual(other.Events) && ErrorCode == other.ErrorCode && Close == other.Close;

    public override int GetHashCode() => Events.Count;

    public override string ToString()
    {
        var text = new StringBuilder();
        foreach (string item in Events)
        {
            text.Append(item.Length > 200 ? item[..200] + "…" : item).AppendLine($" ({item.Length})");
        }

        return text.Append($"error {ErrorCode}, close {Close}").ToString();
    }

    private static void Describe(List<FrameBatch> held, List<string> events)
    {
        foreach (var batch in held)
        {
            int control = 0;
            for (int i = 0; i <= batch.Count; i++)
            {
                for (; control < batch.Controls.Length && batch.Controls[control].MessagesBefore == i; control++)
                {
                    var frame = batch.Controls[control];
                    events.Add($"{frame.Opcode} {Convert.ToHexString(frame.Payload.Span)}");
                }

                if (i < batch.Count)
                {
                    events.Add(Describe(batch.Open(i)));
                }
            }

            batch.Release();
        }

        held.Clear();
    }
}
