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
        Assert.Equal((2, 2L), (batch.Count, batch.Bytes));
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
