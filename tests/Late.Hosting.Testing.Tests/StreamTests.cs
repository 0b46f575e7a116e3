using Late.Hosting.Testing.Tests.Support;

namespace Late.Hosting.Testing.Tests;

/// <summary>Streams in the handler harness: each step is done with everything that follows from it.</summary>
public sealed class StreamTests
{
    [Fact]
    public async Task A_stream_reads_what_the_handler_writes_to_its_end()
    {
        await using var test = await LateHandlerTest.ConnectAsync(new FeedHandler());
        await using var stream = await test.StreamAsync(new Count100("x"));
        Assert.Equal(["count 1 x"], test.SentTexts);
        await test.ReceiveAsync("#1 5");
        Assert.Equal(5, await stream.NextAsync());
        Assert.Contains("has no item to read", (await Assert.ThrowsAsync<LateTestException>(stream.NextAsync)).Message, StringComparison.Ordinal);
        Assert.Contains("has not ended", (await Assert.ThrowsAsync<LateTestException>(stream.ReadToEndAsync)).Message, StringComparison.Ordinal);
        await test.ReceiveAsync("#1 6");
        await test.ReceiveAsync("#1 7");
        await test.ReceiveAsync("#1 end");

        Assert.True(stream.IsEnded);
        Assert.Equal([6, 7], await stream.ReadToEndAsync());
        Assert.Contains("is complete", (await Assert.ThrowsAsync<LateTestException>(stream.NextAsync)).Message, StringComparison.Ordinal);
        Assert.Equal(0, test.CallsInProgress);
    }

    [Theory]
    [InlineData(LateCallEndReason.ReaderLeft)]
    [InlineData(LateCallEndReason.Canceled)]
    [InlineData(LateCallEndReason.TimedOut)]
    public async Task P19_HandleCallEnd_has_run_when_the_step_is_done_that_ends_a_stream(LateCallEndReason reason)
    {
        await using var test = await LateHandlerTest.ConnectAsync(new FeedHandler());
        await using var stream = await test.StreamAsync(new Count100("x"), new() { ItemTimeout = TimeSpan.FromSeconds(2) });
        await test.ReceiveAsync("#1 5");
        test.ClearSent();
        await (reason switch
        {
            LateCallEndReason.ReaderLeft => stream.LeaveAsync(),
            LateCallEndReason.Canceled => stream.CancelAsync(),
            _ => test.AdvanceAsync(TimeSpan.FromSeconds(2)),
        });

        Assert.Equal([$"cancel 1: {reason}"], test.SentTexts);
        Assert.True(stream.IsEnded);
        if (reason != LateCallEndReason.ReaderLeft)
        {
            Assert.Equal(5, await stream.NextAsync());
            await Assert.ThrowsAnyAsync<Exception>(stream.NextAsync);
        }
    }

    [Fact]
    public async Task P19_a_full_buffer_ends_a_stream_behind_its_items()
    {
        await using var test = await LateHandlerTest.ConnectAsync(new FeedHandler());
        await using var stream = await test.StreamAsync(new Count100("x"), new() { Capacity = 1 });
        await test.ReceiveAsync("#1 5");
        await test.ReceiveAsync("#1 6");

        Assert.Equal(5, await stream.NextAsync());
        await Assert.ThrowsAsync<LateGapException>(stream.NextAsync);
        Assert.Equal("cancel 1: Overflow", test.SentTexts[^1]);
    }

    [Fact]
    public async Task What_was_dropped_is_reported_in_its_place()
    {
        var dropped = new List<long>();
        await using var test = await LateHandlerTest.ConnectAsync(new FeedHandler());
        await using var stream = await test.StreamAsync(new Count100("x"), new() { WhenFull = LateWhenFull.KeepLatest, OnDropped = dropped.Add });
        await test.ReceiveAsync("#1 5");
        await test.ReceiveAsync("#1 6");
        await test.ReceiveAsync("#1 7");

        Assert.Equal(7, await stream.NextAsync());
        Assert.Equal([2], dropped);
    }

    [Fact]
    public async Task A_stream_ends_with_its_session_and_the_next_has_an_id_of_its_own()
    {
        await using var test = await LateHandlerTest.ConnectAsync(new FeedHandler());
        await using var stream = await test.StreamAsync(new Count100("x"));
        await test.DisconnectAsync();
        await Assert.ThrowsAsync<LateDisconnectedException>(stream.NextAsync);
        await using var waiting = await test.StreamAsync(new Count100("y"));
        Assert.Equal(1, test.CallsWaiting);
        await test.ConnectAsync();

        Assert.Equal(["count 1 x", "count 2 y"], test.SentTexts);
    }

    [Fact]
    public async Task What_HandleStream_throws_is_for_the_reader()
    {
        await using var test = await LateHandlerTest.ConnectAsync(new FeedHandler());
        await using var stream = await test.StreamAsync(new Count100("bad"));

        Assert.Equal("bad count", (await Assert.ThrowsAsync<FormatException>(stream.NextAsync)).Message);
    }
}
