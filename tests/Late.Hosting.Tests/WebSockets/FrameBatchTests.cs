using System.Collections.Concurrent;
using Late.Hosting.WebSockets;
using static Late.Hosting.Tests.WebSockets.ServerFrames;

namespace Late.Hosting.Tests.WebSockets;

/// <summary>The memory of a batch is its own until it is released.</summary>
public sealed class FrameBatchTests
{
    [Fact] // A batch is released once.
    public void Releasing_twice_is_refused()
    {
        var batch = FrameBatch.Rent();
        batch.Release();
        Assert.Throws<InvalidOperationException>(batch.Release);
    }

    [Fact] // The place of control frames among messages is kept.
    public void Controls_know_their_place()
    {
        using var reader = new FrameReader(1000);
        byte[] stream = Join(Ping("0"), Text("a"), Ping("1"), Ping("2"), Text("b"), Close(1000));
        stream.CopyTo(reader.GetBuffer());
        var batch = FrameBatch.Rent();
        reader.Advance(stream.Length, batch);
        Assert.Equal(
            [(Opcode.Ping, 0), (Opcode.Ping, 1), (Opcode.Ping, 1), (Opcode.Close, 2)],
            batch.Controls.ToArray().Select(control => (control.Opcode, control.MessagesBefore)));
        Assert.Equal(2, batch.Count);
        Assert.Throws<ArgumentOutOfRangeException>(() => batch.Open(2));
        batch.Release();
    }

    [Fact] // Many small reads share a segment, so that waiting batches hold little more than what they carry.
    public void Batches_share_segments()
    {
        using var reader = new FrameReader(1000);
        byte[] frame = Text("0123456789");
        var arrays = new HashSet<byte[]>();
        var batches = new List<FrameBatch>();
        for (int i = 0; i < 300; i++)
        {
            frame.CopyTo(reader.GetBuffer());
            var batch = FrameBatch.Rent();
            reader.Advance(frame.Length, batch);
            System.Runtime.InteropServices.MemoryMarshal.TryGetArray(batch.Open(0).Payload, out var array);
            arrays.Add(array.Array!);
            batches.Add(batch);
        }

        Assert.InRange(arrays.Count, 1, 3);
        batches.ForEach(batch => batch.Release());
    }

    [Fact] // P17: whole segments count, each once while batches look at it, and so does what describes many messages.
    public void Held_memory_is_counted()
    {
        using var reader = new FrameReader(100_000);
        var first = Advance(reader, Text("a"));
        var second = Advance(reader, Text("b"));
        Assert.InRange(first.HeldBytes, 4096, 4096 + 1024);
        Assert.InRange(second.HeldBytes, 1, 1024);
        first.Release();
        second.Release();

        var again = Advance(reader, Text("c"));
        Assert.InRange(again.HeldBytes, 4096, 4096 + 1024);
        again.Release();

        var many = Advance(reader, Join([.. Enumerable.Repeat(Text(""), 1000)]));
        Assert.InRange(many.HeldBytes, 4096 + (1000 * 12), 4096 + (2048 * 12) + 1024);
        many.Release();
    }

    [Fact] // P17: control frames between messages hold nothing once they are answered.
    public void Control_frames_are_released_on_their_own()
    {
        using var reader = new FrameReader(1000);
        var batch = Advance(reader, Join(Text("a"), Ping("1"), Pong("2")));
        batch.ReleaseControls();
        Assert.Equal((1, 0), (batch.Count, batch.Controls.Length));
        batch.Release();
    }

    [Theory] // P17: a batch that is full takes no more; what is left of the read goes to the next, nothing is lost, and all is in order.
    [InlineData(1)]
    [InlineData(300)]
    [InlineData(30_000)]
    public void A_full_batch_leaves_the_rest_to_the_next(int controls)
    {
        byte[] stream = Join([Text("before"), .. Enumerable.Range(0, controls).Select(i => Ping(i.ToString(System.Globalization.CultureInfo.InvariantCulture))), Text("behind")]);
        var result = ReadResult.Of(stream);
        Assert.Equal(controls + 2, result.Events.Count);
        Assert.Equal("Text " + Convert.ToHexString("behind"u8), result.Events[^1]);
        Assert.Equal("Ping " + Convert.ToHexString(System.Text.Encoding.UTF8.GetBytes((controls - 1).ToString(System.Globalization.CultureInfo.InvariantCulture))), result.Events[^2]);
    }

    [Fact] // P17: one read that inflates to a thousand times its size is not held whole.
    public void A_read_that_inflates_far_is_handed_out_in_parts()
    {
        byte[] message = Oracle.WriteAsServer([LateFrame.Text(new string('a', 100_000))], new System.Net.WebSockets.WebSocketDeflateOptions());
        using var reader = new FrameReader(100_000, inflater: new Inflater());
        byte[] stream = Join([.. Enumerable.Repeat(message, 40)]);
        var messages = 0;
        for (int at = 0; at < stream.Length;)
        {
            var buffer = reader.GetBuffer().Span;
            int count = Math.Min(buffer.Length, stream.Length - at);
            stream.AsSpan(at, count).CopyTo(buffer);
            at += count;
            do
            {
                var batch = FrameBatch.Rent();
                reader.Advance(count, batch);
                Assert.InRange(batch.HeldBytes, 0, (256 * 1024) + (2 * 131_072));
                messages += batch.Count;
                batch.Release();
                count = 0;
            }
            while (reader.HasMore);
        }

        Assert.Equal(40, messages);
    }

    private static FrameBatch Advance(FrameReader reader, byte[] bytes)
    {
        var buffer = reader.GetBuffer().Span;
        bytes.CopyTo(buffer);
        var batch = FrameBatch.Rent();
        reader.Advance(bytes.Length, batch);
        return batch;
    }

    [Fact] // One thread reads, another looks at the frames and releases them, as it comes.
    public async Task Batches_are_released_on_another_thread()
    {
        const int Messages = 100_000;
        using var queue = new BlockingCollection<FrameBatch>(50);
        var looking = Task.Run(() =>
        {
            uint next = 0;
            foreach (var batch in queue.GetConsumingEnumerable())
            {
                for (int i = 0; i < batch.Count; i++, next++)
                {
                    Assert.True(batch.Open(i).Payload.Span.SequenceEqual(Message(next)));
                }

                batch.Release();
            }

            return next;
        });

        using var reader = new FrameReader(100_000, 1024);
        var pending = new Queue<byte>();
        uint written = 0;
        while (written < Messages || pending.Count > 0)
        {
            var buffer = reader.GetBuffer().Span;
            int count = 0;
            for (; count < buffer.Length && count < 1 + (written % 700); count++)
            {
                if (pending.Count == 0 && written < Messages)
                {
                    byte[] message = Message(written);
                    byte[] stream = written % 5 == 0 ? Join(Frame(0x02, message[..1]), Frame(0x80, message[1..])) : Frame(0x82, message);
                    written++;
                    Array.ForEach(stream, pending.Enqueue);
                }

                if (!pending.TryDequeue(out buffer[count]))
                {
                    break;
                }
            }

            var batch = FrameBatch.Rent();
            reader.Advance(count, batch);
            queue.Add(batch, TestContext.Current.CancellationToken);
        }

        queue.CompleteAdding();
        Assert.Equal((uint)Messages, await looking);

        static byte[] Message(uint number) => StreamGenerator.Bytes(1 + (int)(number % (number % 1000 == 0 ? 5000u : 60u)), number);
    }
}
