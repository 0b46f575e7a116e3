using System.Runtime.CompilerServices;
using System.Text;
using Late.Hosting.Tests.WebSockets;
using Late.Hosting.WebSockets;

namespace Late.Hosting.Tests;

public sealed class LateFrameTests
{
    [Fact]
    public void Text_that_is_not_UTF8_is_refused_RFC6455_8_1() =>
        Assert.Throws<ArgumentException>(() => LateFrame.Text(new byte[] { 0xC3, 0x28 }));

    [Fact] // Copying a frame must stay as cheap as it is: two registers.
    public void A_frame_has_two_words() => Assert.Equal(2 * IntPtr.Size, Unsafe.SizeOf<LateFrame>());

    [Fact] // Frames of the application's own do not expire, and neither does none at all.
    public void A_frame_that_was_made_here_never_expires()
    {
        LateFrame[] frames = [LateFrame.Text("a"), LateFrame.Text("a"u8.ToArray()), LateFrame.Binary("a"u8.ToArray()), LateFrame.Ping("a"u8.ToArray())];
        for (var i = 0; i < 100; i++)
        {
            FrameBatch.Rent().Release();
            Assert.All(frames, frame => Assert.Equal("a", frame.GetText()));
        }

        Assert.Equal(("", 0, ""), (default(LateFrame).GetText(), default(LateFrame).ToArray().Length, Encoding.UTF8.GetString(default(LateFrame).Payload.Span)));
        Assert.False(default(LateFrame).IsExpired);
    }

    [Fact] // The same batch, reused for the same message at the same place: the earlier frame is still known as expired.
    public void A_frame_is_expired_after_the_next_one_and_after_any_reuse()
    {
        using var reader = new FrameReader(1000);
        var kept = new List<LateFrame>();
        for (var round = 0; round < 1000; round++)
        {
            var batch = Read(reader, [.. ServerFrames.Text("a"), .. ServerFrames.Text("b")]);
            var first = batch.Open(0);
            Assert.Equal("a", first.GetText());
            var second = batch.Open(1);
            Assert.True(first.IsExpired);
            Assert.Equal("b", second.GetText());
            batch.Close();
            Assert.True(second.IsExpired);
            kept.Add(batch.Open(1));
            Assert.False(kept[^1].IsExpired);
            batch.Release();
            Assert.All(kept, frame => Assert.True(frame.IsExpired));
        }
    }

    [Fact] // What is read while the callback ends on another thread is the message, or throws; never another's bytes.
    public async Task A_frame_read_while_it_expires_is_right_or_throws()
    {
        using var reader = new FrameReader(100_000);
        using var next = new Barrier(2);
        var frame = default(LateFrame);
        var text = "";
        var isOver = false;
        var looking = Task.Run(() =>
        {
            for (; ; next.SignalAndWait(Token))
            {
                next.SignalAndWait(Token);
                if (Volatile.Read(ref isOver))
                {
                    return;
                }

                try
                {
                    for (var i = 0; i < 100; i++)
                    {
                        Assert.Equal(text, frame.GetText());
                        Assert.Equal(text.Length, frame.ToArray().Length);
                    }
                }
                catch (InvalidOperationException exception)
                {
                    Assert.Contains("ToArray", exception.Message, StringComparison.Ordinal);
                }
            }
        }, Token);
        for (var round = 0; round < 2000; round++)
        {
            text = new string((char)('a' + (round % 26)), 1 + (round * 37 % 3000));
            var batch = Read(reader, ServerFrames.Text(text));
            frame = batch.Open(0);
            next.SignalAndWait(Token);
            Thread.SpinWait(round % 200);
            batch.Release();
            Read(reader, ServerFrames.Text(new string('?', 3000))).Release();
            next.SignalAndWait(Token);
        }

        Volatile.Write(ref isOver, true);
        next.SignalAndWait(Token);
        await looking;
    }

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    private static FrameBatch Read(FrameReader reader, byte[] stream)
    {
        stream.CopyTo(reader.GetBuffer());
        var batch = FrameBatch.Rent();
        reader.Advance(stream.Length, batch);
        return batch;
    }
}
