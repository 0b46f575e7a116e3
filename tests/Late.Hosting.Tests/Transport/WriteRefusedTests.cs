using Late.Hosting.Ownership;
using Late.Hosting.Tests.Support;
using Late.Hosting.Tests.WebSockets;
using Late.Hosting.Transport;
using Late.Hosting.WebSockets;
using Microsoft.Extensions.Primitives;

namespace Late.Hosting.Tests.Transport;

/// <summary>Promise P21 where bytes leave: no write begins when the lease is over, whatever it has to write.</summary>
public sealed class WriteRefusedTests
{
    [Fact]
    public async Task P21_No_frame_is_written_after_the_end_of_the_lease()
    {
        var lease = new Lease();
        await using var socket = Connect(lease, out var stream);
        socket.Append([LateFrame.Text("a")]);
        await socket.FlushAsync();
        Assert.Single(stream.Writes);

        lease.MayWrite = false;
        var end = socket.Append([LateFrame.Text("b")]);
        await Assert.ThrowsAsync<WriteRefusedException>(() => socket.FlushAsync().AsTask());
        Assert.Single(stream.Writes);

        // P6: it was not begun, so that its sender knows that the server has nothing of it.
        Assert.True(socket.BegunBytes < end);
    }

    [Fact] // What was written once with an error is never continued.
    public async Task P21_What_was_refused_is_not_written_when_the_lease_is_renewed()
    {
        var lease = new Lease { MayWrite = false };
        await using var socket = Connect(lease, out var stream);
        socket.Append([LateFrame.Text("a")]);
        await Assert.ThrowsAsync<WriteRefusedException>(() => socket.FlushAsync().AsTask());
        lease.MayWrite = true;
        var failure = await Assert.ThrowsAsync<IOException>(() => socket.FlushAsync().AsTask());
        Assert.True(WriteRefusedException.IsCauseOf(failure));
        Assert.Empty(stream.Writes);
    }

    [Fact]
    public async Task P21_No_close_frame_is_written_after_the_end_of_the_lease()
    {
        await using var socket = Connect(new Lease { MayWrite = false }, out var stream);
        await Assert.ThrowsAsync<WriteRefusedException>(() => socket.CloseOutputAsync(1000, ""));
        Assert.Empty(stream.Writes);
    }

    [Fact]
    public async Task P21_No_pong_is_written_after_the_end_of_the_lease()
    {
        await using var socket = Connect(new Lease { MayWrite = false }, out var stream, ServerFrames.Ping("1"), ServerFrames.Close(1000));
        Assert.Null(await socket.ReceiveAsync());
        Assert.Empty(stream.Writes);
    }

    [Fact] // The lease may end while a write waits for the server: the bytes that follow are a write of their own.
    public async Task P21_What_is_appended_while_a_write_waits_is_checked_when_its_own_write_begins()
    {
        var lease = new Lease();
        await using var socket = Connect(lease, out var stream);
        var writable = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        stream.Writable = writable.Task;
        socket.Append([LateFrame.Text("a")]);
        var first = socket.FlushAsync().AsTask();
        socket.Append([LateFrame.Text("b")]);
        var second = socket.FlushAsync().AsTask();
        lease.MayWrite = false;
        writable.SetResult();
        await first;
        await Assert.ThrowsAsync<WriteRefusedException>(() => second);
        Assert.Single(stream.Writes);
    }

    private static FramedConnection Connect(Lease lease, out ScriptedStream stream, params byte[][] reads)
    {
        stream = new ScriptedStream(reads);
        var handshake = new LateHandshake(System.Net.HttpStatusCode.SwitchingProtocols, new Dictionary<string, StringValues>(), null);
        return new FramedConnection(stream, handshake, new FrameReader(1024), new FrameWriter(), TimeProvider.System) { WriteGate = lease };
    }

    private sealed class Lease : IWriteGate
    {
        public bool MayWrite { get; set; } = true;
    }
}
