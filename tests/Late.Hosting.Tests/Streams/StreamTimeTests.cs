using Late.Hosting.Tests.Support;

namespace Late.Hosting.Tests.Streams;

/// <summary>The time to the first item of a stream, and from each to the next.</summary>
public sealed class StreamTimeTests
{
    private static readonly TimeSpan s_tick = TimeSpan.FromMilliseconds(1);

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(null, null, 5)]
    [InlineData(9, 2, 9)]
    [InlineData(2, 9, 2)]
    [InlineData(3, -1, 3)]
    public async Task A_stream_without_an_item_ends_after_FirstItemTimeout(int? first, int? between, int after)
    {
        await using var host = new TestHost();
        var (items, next) = await host.StreamAsync(await host.ReadyAsync(), Times(first, between));
        host.Time.Advance(TimeSpan.FromSeconds(after) - s_tick);
        Assert.False(next.IsCompleted);
        host.Time.Advance(s_tick);

        var error = await Assert.ThrowsAsync<LateCallTimeoutException>(async () => await next);
        Assert.Equal(LateDelivery.Unknown, error.Delivery);
        Assert.StartsWith(
            $"A stream of Talk on connection 'Forwarding' had no further item within 00:00:0{after}, and has ended. The server may have acted on it; check before you retry, or set a longer FirstItemTimeout.",
            error.Message,
            StringComparison.Ordinal);
        await items.DisposeAsync();
    }

    [Theory]
    [InlineData(null, null, 5)]
    [InlineData(9, 2, 2)]
    [InlineData(2, 9, 9)]
    [InlineData(-1, 3, 3)]
    public async Task A_stream_ends_where_no_item_has_followed_the_last_for_ItemTimeout(int? first, int? between, int after)
    {
        await using var host = new TestHost();
        var (items, next) = await host.StreamAsync(await host.ReadyAsync(), Times(first, between));
        for (var item = 1; item <= 5; item++)
        {
            host.Time.Advance(TimeSpan.FromSeconds(1.5));
            host.Write(1, item, item);
            Assert.True(await next);
            next = items.MoveNextAsync();
        }

        host.Time.Advance(TimeSpan.FromSeconds(after) - s_tick);
        Assert.False(next.IsCompleted);
        host.Time.Advance(s_tick);

        var error = await Assert.ThrowsAsync<LateCallTimeoutException>(async () => await next);
        Assert.Contains("ItemTimeout", error.Message, StringComparison.Ordinal);
        await items.DisposeAsync();
    }

    [Fact]
    public async Task An_infinite_time_ends_no_stream()
    {
        await using var host = new TestHost(configure: static options => options.KeepAliveInterval = TimeSpan.FromDays(2));
        var (items, next) = await host.StreamAsync(await host.ReadyAsync(), Times(-1, -1));
        host.Time.Advance(TimeSpan.FromHours(20));
        host.Write(1, 1, 1);
        Assert.True(await next);
        host.Time.Advance(TimeSpan.FromHours(20));
        host.Write(1, 2, 2);

        Assert.True(await items.MoveNextAsync());
        await items.DisposeAsync();
    }

    [Fact]
    public async Task A_slow_reader_does_not_use_up_the_time_between_items()
    {
        await using var host = new TestHost();
        var (items, next) = await host.StreamAsync(await host.ReadyAsync());
        host.Write(1, 1, 3);
        Assert.True(host.Handler.Streams.Complete(1));
        host.Time.Advance(TimeSpan.FromHours(1));
        var seen = new List<int>();
        await items.ReadToEndAsync(next, seen);

        Assert.Equal([1, 2, 3], seen);
        await items.DisposeAsync();
    }

    [Fact]
    public async Task The_time_counts_while_a_stream_waits_for_a_session_and_is_NotDelivered_then()
    {
        await using var host = new TestHost();
        await host.StartAsync();
        var items = host.Client.StreamAsync(new Talk("a"), Token).GetAsyncEnumerator(Token);
        var next = items.MoveNextAsync();
        host.Time.Advance(TimeSpan.FromSeconds(5));

        Assert.Equal(LateDelivery.NotDelivered, (await Assert.ThrowsAsync<LateCallTimeoutException>(async () => await next)).Delivery);
        await items.DisposeAsync();
    }

    [Fact]
    public async Task The_time_of_a_stream_that_waits_for_a_slot_begins_with_the_slot()
    {
        await using var host = new TestHost(configure: static options => options.MaxConcurrentCalls = 1);
        var socket = await host.ReadyAsync();
        var (first, firstNext) = await host.StreamAsync(socket, Times(30, null));
        var second = host.Client.StreamAsync(new Talk("hello"), Token).GetAsyncEnumerator(Token);
        var next = second.MoveNextAsync();
        host.Time.Advance(TimeSpan.FromSeconds(10));
        Assert.False(next.IsCompleted);
        Assert.True(host.Handler.Streams.Complete(1));
        Assert.False(await firstNext);
        Assert.Equal("2 hello", await socket.SentAsync());
        host.Time.Advance(TimeSpan.FromSeconds(5) - s_tick);
        Assert.False(next.IsCompleted);
        host.Time.Advance(s_tick);

        await Assert.ThrowsAsync<LateCallTimeoutException>(async () => await next);
        await first.DisposeAsync();
        await second.DisposeAsync();
    }

    private static LateStreamOptions Times(int? first, int? between) => new() { FirstItemTimeout = Time(first), ItemTimeout = Time(between) };

    private static TimeSpan? Time(int? seconds) => seconds is { } value ? value < 0 ? Timeout.InfiniteTimeSpan : TimeSpan.FromSeconds(value) : null;
}
