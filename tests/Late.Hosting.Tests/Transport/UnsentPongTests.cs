using Late.Hosting.Tests.Support;
using Late.Hosting.Tests.WebSockets;
using Late.Hosting.Transport;
using Late.Hosting.WebSockets;
using Microsoft.Extensions.Primitives;

namespace Late.Hosting.Tests.Transport;

/// <summary>Pings without end from a server that does not read (promise P17). Alone: memory is that of the whole process.</summary>
[Collection(nameof(Alone))]
public sealed class UnsentPongTests
{
    private const int Reads = 100_000;
    private const int MostBytes = 4 * 1024 * 1024;

    [Fact] // P17: a write that does not end, and one ping in each read behind it: what is kept is one pong.
    public async Task What_is_kept_does_not_grow_with_the_pings()
    {
        var ping = ServerFrames.Ping(new string('x', 125));
        var stream = new ScriptedStream(Enumerable.Repeat(ping, Reads).Append(ServerFrames.Close(1000))) { Writable = new TaskCompletionSource().Task };
        var handshake = new LateHandshake(System.Net.HttpStatusCode.SwitchingProtocols, new Dictionary<string, StringValues>(), null);
        await using var socket = new FramedConnection(stream, handshake, new FrameReader(1024), new FrameWriter(), TimeProvider.System);
        var before = GC.GetTotalMemory(forceFullCollection: true);

        Assert.Null(await socket.ReceiveAsync());

        Assert.InRange(GC.GetTotalMemory(forceFullCollection: true) - before, long.MinValue, MostBytes);
        Assert.Single(stream.Writes);
    }
}
