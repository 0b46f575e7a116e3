using Late.Hosting.Tests.Support;

namespace Late.Hosting.Tests.Streams;

/// <summary>Promise P17: the items that wait for the reader of a stream count against its capacity.</summary>
[Collection(nameof(Alone))]
public sealed class StreamBoundsTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task P17_Fail_ends_the_stream_behind_the_items_that_had_room()
    {
        await using var host = new TestHost();
        var socket = await host.ReadyAsync();
        var (items, next) = await host.StreamAsync(socket, new() { Capacity = 4 });
        host.Write(1, 1, 1);
        Assert.True(await next);
        host.Write(1, 2, 5);
        Assert.False(host.Handler.Streams.Write(1, 6));
        Assert.False(host.Handler.Streams.Write(1, 7));
        Assert.Equal("cancel True 1", await socket.SentAsync());
        var seen = new List<int>();

        var gap = await Assert.ThrowsAsync<LateGapException>(() => items.ReadToEndAsync(items.MoveNextAsync(), seen));
        Assert.Equal([2, 3, 4, 5], seen);
        Assert.Equal(1, gap.Dropped);
        Assert.StartsWith("The reader of a stream of Talk on connection 'Forwarding' was slower than its items: its buffer was full", gap.Message, StringComparison.Ordinal);
        await items.DisposeAsync();
    }

    [Theory]
    [InlineData(LateWhenFull.DropOldest, 4, 6, "dropped 6, 7, 8, 9, 10")]
    [InlineData(LateWhenFull.KeepLatest, 4, 9, "dropped 9, 10")]
    public async Task P17_the_other_policies_drop_items_and_report_it_in_their_place(LateWhenFull whenFull, int capacity, int dropped, string expected)
    {
        await using var host = new TestHost();
        var seen = new List<string>();
        var options = new LateStreamOptions { Capacity = capacity, WhenFull = whenFull, OnDropped = number => seen.Add($"dropped {number}") };
        var (items, next) = await host.StreamAsync(await host.ReadyAsync(), options);
        host.Write(1, 0, 0);
        Assert.True(await next);
        host.Write(1, 1, 10);
        Assert.True(host.Handler.Streams.Complete(1));
        while (await items.MoveNextAsync())
        {
            seen.Add($"{items.Current}");
        }

        Assert.Equal(expected, string.Join(", ", seen));
        Assert.Equal($"dropped {dropped}", seen[0]);
        await items.DisposeAsync();
    }

    [Fact]
    public async Task A_stream_that_its_reader_has_left_keeps_no_item()
    {
        await using var host = new TestHost();
        var (items, next) = await host.StreamAsync(await host.ReadyAsync());
        Assert.True(host.Handler.Streams.TryGet<int>(1, out var stream));
        host.Write(1, 1, 1);
        Assert.True(await next);
        host.Write(1, 2, 500);
        await items.DisposeAsync();

        Assert.True(stream.IsEnded);
        Assert.False(stream.Write(501));
    }

    [Fact]
    public async Task Writing_an_item_allocates_nothing()
    {
        await using var host = new TestHost();
        var (items, next) = await host.StreamAsync(await host.ReadyAsync(), new() { WhenFull = LateWhenFull.DropOldest, Capacity = 64 });
        Assert.True(host.Handler.Streams.TryGet<int>(1, out var stream));
        host.Write(1, 1, 1000);
        Assert.True(await next);
        var least = long.MaxValue;
        for (var round = 0; round < 5; round++)
        {
            var before = GC.GetAllocatedBytesForCurrentThread();
            for (var item = 0; item < 1000; item++)
            {
                stream.Write(item);
                host.Handler.Streams.Write(1, item);
            }

            least = Math.Min(least, GC.GetAllocatedBytesForCurrentThread() - before);
        }

        Assert.Equal(0, least);
        await items.DisposeAsync();
    }

    [Fact]
    public async Task Many_items_reach_a_concurrent_reader_once_and_in_order()
    {
        const int Items = 100_000;
        await using var host = new TestHost();
        var (items, next) = await host.StreamAsync(await host.ReadyAsync(), new() { Capacity = Items });
        var writing = Task.Run(
            () =>
            {
                host.Write(1, 1, Items);
                Assert.True(host.Handler.Streams.Complete(1));
            },
            Token);
        var seen = new List<int>();
        await items.ReadToEndAsync(next, seen);
        await writing;

        Assert.Equal(Enumerable.Range(1, Items), seen);
        await items.DisposeAsync();
    }
}
