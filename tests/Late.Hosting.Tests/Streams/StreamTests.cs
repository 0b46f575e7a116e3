using System.Globalization;
using Late.Hosting.Tests.Support;

namespace Late.Hosting.Tests.Streams;

/// <summary>A stream from its request to its end.</summary>
public sealed class StreamTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Items_reach_the_reader_in_order_and_the_enumeration_ends_where_the_handler_completes_the_stream()
    {
        var handler = new ScriptedHandler();
        handler.In = (frame, state, _) =>
        {
            var words = frame.GetText().Split(' ');
            var id = int.Parse(words[0], CultureInfo.InvariantCulture);
            Assert.True(words[1] == "end" ? handler.Streams.Complete(id) : handler.Streams.Write(id, int.Parse(words[1], CultureInfo.InvariantCulture)));
            return LateResult.Ok(state);
        };
        await using var host = new TestHost(handler);
        var socket = await host.ReadyAsync();
        var (items, next) = await host.StreamAsync(socket);
        socket.Send("1 5", "1 6");
        socket.Send("1 7");
        socket.Send("1 end");
        var seen = new List<int>();
        await items.ReadToEndAsync(next, seen);
        await items.DisposeAsync();

        Assert.Equal([5, 6, 7], seen);
        Assert.Equal(0, handler.Streams.Count);
        Assert.Equal("a", await host.Client.CallAsync(new Ask("a"), Token));
        Assert.DoesNotContain("StreamEnd", string.Join(' ', handler.Trace()), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Nothing_is_requested_before_the_enumeration_and_each_enumeration_requests_a_stream_of_its_own()
    {
        var handler = new ScriptedHandler
        {
            Stream = (_, stream, state, _) =>
            {
                Assert.True(stream.Write(state));
                Assert.True(stream.Complete());
                return LateResult.Ok(state + 1);
            },
        };
        await using var host = new TestHost(handler);
        await host.ReadyAsync();
        var numbers = host.Client.StreamAsync(new Talk("hello"), Token);
        Assert.Equal("a", await host.Client.CallAsync(new Ask("a"), Token));
        Assert.Equal(["Init", "Connect", "Call a"], handler.Trace());

        Assert.Equal([0], await numbers.ToListAsync(Token));
        Assert.Equal([1], await numbers.ToListAsync(Token));
    }

    [Fact]
    public async Task A_failed_stream_throws_behind_the_items_that_were_written()
    {
        await using var host = new TestHost();
        var (items, next) = await host.StreamAsync(await host.ReadyAsync());
        host.Write(1, 1, 40);
        Assert.True(host.Handler.Streams.Fail(1, new FormatException("broken")));
        Assert.False(host.Handler.Streams.Write(1, 41));
        var seen = new List<int>();

        Assert.Equal("broken", (await Assert.ThrowsAsync<FormatException>(() => items.ReadToEndAsync(next, seen))).Message);
        Assert.Equal(Enumerable.Range(1, 40), seen);
        await items.DisposeAsync();
    }

    [Fact]
    public async Task P2_an_exception_of_HandleStream_goes_to_the_reader_and_leaves_the_state()
    {
        var handler = new ScriptedHandler { Stream = static (_, _, _, _) => throw new FormatException("no such text") };
        await using var host = new TestHost(handler, static options => options.HandlerErrors = LateHandlerErrorBehavior.Stop);
        await host.ReadyAsync();

        Assert.Equal("no such text", (await Assert.ThrowsAsync<FormatException>(async () => await host.Client.StreamAsync(new Talk("a"), Token).ToListAsync(Token))).Message);
        Assert.Equal("a", await host.Client.CallAsync(new Ask("a"), Token));
        Assert.DoesNotContain("StreamEnd", string.Join(' ', handler.Trace()), StringComparison.Ordinal);
    }

    [Fact]
    public async Task P5_a_stream_ends_with_its_session_behind_its_items_and_the_handler_is_notified_of_the_disconnect_alone()
    {
        await using var host = new TestHost();
        var socket = await host.ReadyAsync();
        var (items, next) = await host.StreamAsync(socket);
        host.Write(1, 1, 2);
        Assert.True(host.Handler.Streams.TryGet<int>(1, out var stream));
        socket.Drop();
        var seen = new List<int>();
        var error = await Assert.ThrowsAsync<LateDisconnectedException>(() => items.ReadToEndAsync(next, seen));
        await items.DisposeAsync();
        await host.NextAttemptAsync();
        await host.Transport.AcceptAsync();
        await host.Client.WaitForReadyAsync(Token);

        Assert.Equal(LateDelivery.Unknown, error.Delivery);
        Assert.Equal([1, 2], seen);
        Assert.True(stream.IsEnded);
        Assert.False(stream.Write(3));
        Assert.False(stream.Complete());
        Assert.Equal(0, host.Handler.Streams.Count);
        Assert.Equal(["Init", "Connect", "Stream hello", "Disconnect ConnectionLost", "Connect"], host.Handler.Trace());
    }

    [Fact]
    public async Task P5_a_stream_ends_at_a_stop_and_at_a_fault()
    {
        var handler = new ScriptedHandler { In = static (_, state, _) => LateResult.Fault(state, "enough") };
        await using var host = new TestHost(handler);
        var socket = await host.ReadyAsync();
        var (items, next) = await host.StreamAsync(socket);
        socket.Send("x");
        await Assert.ThrowsAsync<LateDisconnectedException>(() => items.ReadToEndAsync(next, []));
        await host.StateAsync(LateConnectionState.Faulted);
        await Assert.ThrowsAsync<LateFaultedException>(async () => await host.Client.StreamAsync(new Talk("a"), Token).ToListAsync(Token));
        await items.DisposeAsync();

        await using var stopped = new TestHost();
        (items, next) = await stopped.StreamAsync(await stopped.ReadyAsync());
        await stopped.StopAsync(Token);
        await Assert.ThrowsAsync<LateStoppedException>(() => items.ReadToEndAsync(next, []));
        await Assert.ThrowsAsync<LateStoppedException>(async () => await stopped.Client.StreamAsync(new Talk("a"), Token).ToListAsync(Token));
        await items.DisposeAsync();
    }

    [Fact]
    public async Task P7_before_ready_a_stream_waits_or_fails_as_its_reader_chooses()
    {
        await using var host = new TestHost();
        await host.StartAsync();
        await host.StateAsync(LateConnectionState.Connecting);
        var refused = host.Client.StreamAsync(new Talk("a"), new() { WhenNotReady = LateWhenNotReady.Fail }, Token);
        Assert.Equal(LateDelivery.NotDelivered, (await Assert.ThrowsAsync<LateDisconnectedException>(async () => await refused.ToListAsync(Token))).Delivery);
        var items = host.Client.StreamAsync(new Talk("hello"), Token).GetAsyncEnumerator(Token);
        var next = items.MoveNextAsync();
        var socket = await host.Transport.AcceptAsync();
        Assert.Equal("1 hello", await socket.SentAsync());
        host.Write(1, 7, 7);

        Assert.True(await next);
        Assert.Equal(7, items.Current);
        await items.DisposeAsync();
    }

    [Fact]
    public async Task P14_a_callback_that_reads_a_stream_of_its_own_connection_fails_with_advice()
    {
        var handler = new ScriptedHandler();
        handler.Call = async (_, _, state, token) =>
        {
            await handler.Client.StreamAsync(new Talk("a"), token).ToListAsync(token);
            return LateResult.Ok(state);
        };
        await using var host = new TestHost(handler);
        await host.ReadyAsync();

        var error = await Assert.ThrowsAsync<InvalidOperationException>(() => host.Client.CallAsync(new Ask("a"), Token));
        Assert.Contains("would wait for itself", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_session_that_drains_waits_for_its_streams()
    {
        await using var host = new TestHost();
        var socket = await host.ReadyAsync();
        var (items, next) = await host.StreamAsync(socket);
        await host.Client.ReconnectAsync(new LateReconnect { FinishCalls = true }, Token);
        host.Write(1, 1, 1);
        Assert.True(await next);
        Assert.False(socket.Closed.IsCompleted);
        Assert.True(host.Handler.Streams.Complete(1));

        Assert.False(await items.MoveNextAsync());
        await socket.Closed;
        await items.DisposeAsync();
    }

    [Theory]
    [InlineData(0, 1, LateWhenFull.Fail)]
    [InlineData((1 << 20) + 1, 1, LateWhenFull.Fail)]
    [InlineData(1, 0, LateWhenFull.Fail)]
    [InlineData(1, -2, LateWhenFull.Fail)]
    [InlineData(1, 1, (LateWhenFull)7)]
    public async Task Options_that_cannot_be_used_are_refused_before_the_enumeration(int capacity, int seconds, LateWhenFull whenFull)
    {
        await using var host = new TestHost();
        var timeout = TimeSpan.FromSeconds(seconds);

        Assert.Throws<ArgumentOutOfRangeException>(() => host.Client.StreamAsync(new Talk("a"), new() { Capacity = capacity, FirstItemTimeout = timeout, WhenFull = whenFull }, Token));
        Assert.Throws<ArgumentOutOfRangeException>(() => host.Client.StreamAsync(new Talk("a"), new() { Capacity = capacity, ItemTimeout = timeout, WhenFull = whenFull }, Token));
    }
}
