using Late.Hosting.Tests.Support;
using Late.Hosting.Tests.WebSockets;
using Late.Hosting.Transport;
using Late.Hosting.WebSockets;
using Microsoft.Extensions.Primitives;

namespace Late.Hosting.Tests.Transport;

/// <summary>Pings of the server, and what reading them takes (RFC 6455 §5.5.2 and §5.5.3).</summary>
public sealed class FramedConnectionTests
{
    [Fact] // §5.5.3: of the pings that one read brings the most recent is answered, by one write.
    public async Task The_newest_ping_of_a_read_is_answered()
    {
        await using var socket = Connect(out var stream, [Pings(0, 500), Pings(500, 200), ServerFrames.Close(1000)]);

        Assert.Null(await socket.ReceiveAsync());
        Assert.Equal(["499", "699"], stream.Writes.Select(Pong));
    }

    [Fact] // §5.5.3: so it is where one read fills several batches, with messages among the pings.
    public async Task The_newest_ping_of_a_read_with_messages_is_answered()
    {
        var read = ServerFrames.Join([.. Enumerable.Range(0, 10).SelectMany(static i => new[] { ServerFrames.Text("m"), Pings(70 * i, 70) })]);
        await using var socket = Connect(out var stream, [read, ServerFrames.Close(1000)]);
        while (await socket.ReceiveAsync() is { } frames)
        {
            frames.Release();
        }

        Assert.Equal(["699"], stream.Writes.Select(Pong));
    }

    [Fact] // P8: a ping does not wait for a pause of the reader, which may come before the read is used up.
    public async Task A_ping_is_answered_before_a_pause()
    {
        await using var socket = Connect(out var stream, [ServerFrames.Join(ServerFrames.Text("m"), Pings(0, 100)), ServerFrames.Close(1000)]);
        (await socket.ReceiveAsync())!.Release();
        Assert.Empty(stream.Writes);

        socket.AnswerPing();
        Assert.Single(stream.Writes);

        Assert.Null(await socket.ReceiveAsync());
        Assert.Equal("99", Pong(stream.Writes[1]));
    }

    [Fact] // P16: pongs without end, one behind the other, hold up no caller that waits for its own bytes to be written.
    public async Task A_flush_waits_for_what_was_appended_before_it_alone()
    {
        await using var socket = Connect(out var stream, [Pings(0, 1), ServerFrames.Text("m"), Pings(1, 1), ServerFrames.Text("m")]);
        var first = Block(stream);
        socket.Append([LateFrame.Text("a")]);
        var flushing = socket.FlushAsync().AsTask();
        (await socket.ReceiveAsync())!.Release();
        var second = Block(stream);
        first.SetResult();
        await flushing;
        Assert.Equal(2, stream.Writes.Count);

        socket.Append([LateFrame.Text("b")]);
        flushing = socket.FlushAsync().AsTask();
        var third = Block(stream);
        second.SetResult();
        Assert.False(flushing.IsCompleted);

        (await socket.ReceiveAsync())!.Release();
        stream.Writable = new TaskCompletionSource().Task;
        third.SetResult();
        await flushing;
        Assert.Equal(4, stream.Writes.Count);
    }

    [Fact] // P17: a server that does not read what answers its pings makes the client keep one answer, and no more.
    public async Task Unsent_pongs_take_no_memory()
    {
        await using var socket = Connect(out var stream, [.. Enumerable.Range(0, 1000).Select(i => Pings(10 * i, 10)), ServerFrames.Close(1000)]);
        var blocked = new TaskCompletionSource();
        stream.Writable = blocked.Task;

        Assert.Null(await socket.ReceiveAsync());
        Assert.Equal(0, socket.UnflushedBytes);
        Assert.Equal(["9"], stream.Writes.Select(Pong));

        stream.Writable = Task.CompletedTask;
        blocked.SetResult();
        await socket.FlushAsync();
        Assert.Equal(["9", "9999"], stream.Writes.Select(Pong));
    }

    [Fact] // P16: what others append, one behind the other, to a socket that takes everything does not keep the thread of a flush.
    public async Task Writes_that_complete_synchronously_leave_the_thread_to_others()
    {
        await using var socket = Connect(out var stream, []);
        var written = new TaskCompletionSource();
        var (thread, flushing, writes, writesHere) = (Environment.CurrentManagedThreadId, true, 0, 0);
        stream.OnWriting = () =>
        {
            writesHere += Volatile.Read(ref flushing) && Environment.CurrentManagedThreadId == thread ? 1 : 0;
            if (++writes < 1000)
            {
                socket.AppendPing();
            }
            else
            {
                written.SetResult();
            }
        };
        socket.Append([LateFrame.Text("m")]);

        var flush = socket.FlushAsync();
        Volatile.Write(ref flushing, false);

        await flush;
        await written.Task;
        Assert.InRange(writesHere, 1, 100);
    }

    [Fact] // P16: a read that completes synchronously, after many others, leaves the thread to other work.
    public async Task Reads_that_complete_synchronously_leave_the_thread_to_others()
    {
        static IEnumerable<byte[]> WithoutEnd()
        {
            while (true)
            {
                yield return Pings(0, 10);
            }
        }

        await using var socket = Connect(out _, WithoutEnd());
        var receiving = socket.ReceiveAsync();
        Assert.False(receiving.IsCompleted);

        socket.Abort();
        await Assert.ThrowsAsync<WebSocketReadException>(async () => await receiving);
    }

    [Fact] // P17: the write that an abort interrupts may end after everything else.
    public async Task A_pong_that_waits_for_a_write_takes_no_memory_after_an_abort()
    {
        await using var socket = Connect(out var stream, [ServerFrames.Join(ServerFrames.Text("m"), Pings(0, 1))]);
        var blocked = Block(stream);
        socket.Append([LateFrame.Text("a")]);
        var flushing = socket.FlushAsync().AsTask();
        (await socket.ReceiveAsync())!.Release();
        socket.AnswerPing();

        socket.Abort();
        blocked.SetResult();

        await flushing;
        Assert.Equal(0, socket.UnflushedBytes);
    }

    [Fact] // A stream of the user's own: what follows the end of its connection does not depend on it.
    public async Task A_stream_that_throws_when_it_is_disposed_holds_up_neither_an_abort_nor_a_disposal()
    {
        await using var socket = Connect(out var stream, []);
        stream.ThrowsWhenDisposed = true;

        socket.Abort();
    }

    [Fact] // The server may have received a part of a frame.
    public async Task P4_nothing_is_written_behind_a_failed_write()
    {
        await using var socket = Connect(out var stream, []);
        stream.Writable = Task.FromException(new IOException("broken"));
        socket.Append([LateFrame.Text("a")]);
        await Assert.ThrowsAsync<IOException>(() => socket.FlushAsync().AsTask());
        stream.Writable = Task.CompletedTask;
        socket.Append([LateFrame.Text("b")]);

        await Assert.ThrowsAsync<IOException>(() => socket.FlushAsync().AsTask());
        Assert.Single(stream.Writes);
    }

    private static FramedConnection Connect(out ScriptedStream stream, IEnumerable<byte[]> reads)
    {
        stream = new ScriptedStream(reads);
        var handshake = new LateHandshake(System.Net.HttpStatusCode.SwitchingProtocols, new Dictionary<string, StringValues>(), null);
        return new FramedConnection(stream, handshake, new FrameReader(1024), new FrameWriter(), TimeProvider.System);
    }

    private static TaskCompletionSource Block(ScriptedStream stream)
    {
        var blocked = new TaskCompletionSource();
        stream.Writable = blocked.Task;
        return blocked;
    }

    private static byte[] Pings(int first, int count) =>
        ServerFrames.Join([.. Enumerable.Range(first, count).Select(static i => ServerFrames.Ping(Number(i)))]);

    private static string Number(int number) => number.ToString(System.Globalization.CultureInfo.InvariantCulture);

    /// <summary>The payload of the one pong that a write carries.</summary>
    private static string Pong(byte[] frame)
    {
        Assert.Equal((0x8A, frame.Length - 6), (frame[0], frame[1] & 0x7F));
        var mask = frame.AsSpan(2, 4);
        var payload = frame[6..];
        for (var i = 0; i < payload.Length; i++)
        {
            payload[i] ^= mask[i % 4];
        }

        return System.Text.Encoding.UTF8.GetString(payload);
    }
}
