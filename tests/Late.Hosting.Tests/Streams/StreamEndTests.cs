using Late.Hosting.Tests.Support;

namespace Late.Hosting.Tests.Streams;

/// <summary>Promise P19: the handler learns that nothing reads a stream any more.</summary>
public sealed class StreamEndTests
{
    private static readonly TimeSpan s_callTimeout = TimeSpan.FromSeconds(5);

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(LateCallEndReason.ReaderLeft)]
    [InlineData(LateCallEndReason.Canceled)]
    [InlineData(LateCallEndReason.TimedOut)]
    [InlineData(LateCallEndReason.Overflow)]
    public async Task P19_the_end_of_a_stream_reaches_the_handler_once_with_its_key_and_its_frames_reach_the_server(LateCallEndReason reason)
    {
        await using var host = new TestHost();
        var socket = await host.ReadyAsync();
        using var caller = new CancellationTokenSource();
        var (items, next) = await host.StreamAsync(socket, new() { Capacity = 4 }, caller.Token);
        host.Write(1, 1, 1);
        Assert.True(await next);
        await EndAsync(host, items, caller, reason);

        Assert.Equal("cancel True 1", await socket.SentAsync());
        await items.DisposeAsync();
        Assert.Equal("a", await host.Client.CallAsync(new Ask("a"), Token));
        Assert.Equal(["Init", "Connect", "Stream hello", $"StreamEnd hello {reason}", "Call a"], host.Handler.Trace());
        Assert.Equal(0, host.Handler.Streams.Count);
    }

    [Fact]
    public async Task P19_a_stream_whose_reader_leaves_during_its_HandleStream_is_ended_for_the_handler_after_it()
    {
        var handler = new ScriptedHandler();
        var hold = new TaskCompletionSource();
        handler.Stream = async (request, stream, state, token) =>
        {
            await hold.Task;
            return await handler.KeepAsync(request, stream, state, token);
        };
        await using var host = new TestHost(handler);
        var socket = await host.ReadyAsync();
        using var caller = new CancellationTokenSource();
        var reading = host.Client.StreamAsync(new Talk("hello"), caller.Token).ToListAsync(Token).AsTask();
        await handler.SkipToAsync("Stream hello");
        await caller.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => reading);
        Assert.Empty(handler.Trace());
        hold.SetResult();

        Assert.Equal("1 hello", await socket.SentAsync());
        Assert.Equal("cancel True 1", await socket.SentAsync());
        Assert.Equal(["StreamEnd hello Canceled"], handler.Trace());
    }

    [Fact]
    public async Task P19_a_stream_that_the_handler_has_not_received_has_no_end()
    {
        await using var host = new TestHost();
        await host.StartAsync();
        using var caller = new CancellationTokenSource();
        var reading = host.Client.StreamAsync(new Talk("hello"), caller.Token).ToListAsync(Token).AsTask();
        await caller.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => reading);
        await host.Transport.AcceptAsync();
        await host.Client.WaitForReadyAsync(Token);

        Assert.Equal("a", await host.Client.CallAsync(new Ask("a"), Token));
        Assert.Equal(["Init", "Connect", "Call a"], host.Handler.Trace());
    }

    [Fact]
    public async Task P19_of_many_streams_that_end_in_every_way_each_is_notified_once_or_completed()
    {
        const int Streams = 200;
        await using var host = new TestHost();
        var socket = await host.ReadyAsync();
        var readers = new List<(IAsyncEnumerator<int> Items, ValueTask<bool> Next)>();
        for (var i = 1; i <= Streams; i++)
        {
            readers.Add(await host.StreamAsync(socket));
            host.Write(i, i, i);
            Assert.True(await readers[^1].Next);
        }

        // Half are left while the others are completed.
        var completing = Task.Run(
            () =>
            {
                for (var i = 2; i <= Streams; i += 2)
                {
                    Assert.True(host.Handler.Streams.Complete(i));
                }
            },
            Token);
        for (var i = 0; i < Streams; i += 2)
        {
            Assert.Equal(i + 1, readers[i].Items.Current);
            await readers[i].Items.DisposeAsync();
        }

        await completing;
        for (var i = 1; i < Streams; i += 2)
        {
            Assert.False(await readers[i].Items.MoveNextAsync());
            await readers[i].Items.DisposeAsync();
        }

        for (var i = 1; i < Streams; i += 2)
        {
            Assert.Equal($"cancel True {i}", await socket.SentAsync());
        }

        Assert.Equal("a", await host.Client.CallAsync(new Ask("a"), Token));
        Assert.Equal(Streams / 2, host.Handler.Trace().Count(static callback => callback.StartsWith("StreamEnd", StringComparison.Ordinal)));
        Assert.Equal(0, host.Handler.Streams.Count);
    }

    [Fact]
    public async Task A_canceled_stream_keeps_its_slot_until_the_handler_completes_it_or_releases_the_slot()
    {
        var handler = new ScriptedHandler();
        var releases = false;
        handler.StreamEnd = (_, state, _) => releases ? LateResult.Ok(state).ReleaseSlot() : LateResult.Ok(state);
        await using var host = new TestHost(handler, static options => options.MaxConcurrentCalls = 1);
        var socket = await host.ReadyAsync();
        var (items, next) = await host.StreamAsync(socket);
        host.Write(1, 1, 1);
        Assert.True(await next);
        await items.DisposeAsync();
        await handler.SkipToAsync("StreamEnd hello ReaderLeft");
        var call = host.Client.CallAsync(new Ask("a"), Token);
        await host.Client.PostAsync(new Note("b"), Token);
        Assert.Equal("Info b", await handler.NextAsync());
        Assert.False(handler.Streams.Write(1, 2));
        Assert.False(call.IsCompleted);
        Assert.False(handler.Streams.Complete(1));
        Assert.Equal("a", await call);

        releases = true;
        (items, next) = await host.StreamAsync(socket);
        call = host.Client.CallAsync(new Ask("b"), Token);
        host.Write(2, 1, 1);
        Assert.True(await next);
        Assert.False(call.IsCompleted);
        await items.DisposeAsync();
        Assert.Equal("b", await call);
        Assert.Equal(0, handler.Streams.Count);
    }

    [Fact]
    public async Task A_canceled_stream_that_the_handler_never_completes_keeps_its_slot_for_CallTimeout()
    {
        var handler = new ScriptedHandler { StreamEnd = static (_, state, _) => LateResult.Ok(state) };
        await using var host = new TestHost(handler, static options => options.MaxConcurrentCalls = 1);
        var socket = await host.ReadyAsync();
        var (items, next) = await host.StreamAsync(socket, new() { FirstItemTimeout = TimeSpan.FromSeconds(2), ItemTimeout = TimeSpan.FromSeconds(1) });
        host.Write(1, 1, 1);
        Assert.True(await next);
        await items.DisposeAsync();
        await handler.SkipToAsync("StreamEnd hello ReaderLeft");
        var call = host.Client.CallAsync(new Ask("a"), Token);
        host.Time.Advance(s_callTimeout - TimeSpan.FromTicks(1));
        await host.Client.PostAsync(new Note("b"), Token);
        Assert.Equal("Info b", await handler.NextAsync());
        Assert.False(call.IsCompleted);
        host.Time.Advance(TimeSpan.FromTicks(1));

        Assert.Equal("a", await call);
    }

    private static async Task EndAsync(TestHost host, IAsyncEnumerator<int> items, CancellationTokenSource caller, LateCallEndReason reason)
    {
        switch (reason)
        {
            case LateCallEndReason.ReaderLeft:
                await items.DisposeAsync();
                break;
            case LateCallEndReason.Canceled:
                await caller.CancelAsync();
                await Assert.ThrowsAnyAsync<OperationCanceledException>(async () => await items.MoveNextAsync());
                break;
            case LateCallEndReason.TimedOut:
                host.Time.Advance(s_callTimeout);
                Assert.Contains("ItemTimeout", (await Assert.ThrowsAsync<LateCallTimeoutException>(async () => await items.MoveNextAsync())).Message, StringComparison.Ordinal);
                break;
            default:
                host.Write(1, 2, 4);
                while (host.Handler.Streams.Write(1, 5))
                {
                }

                break;
        }
    }
}
