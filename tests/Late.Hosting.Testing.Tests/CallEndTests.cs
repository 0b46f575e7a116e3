using Late.Hosting.Testing.Tests.Support;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace Late.Hosting.Testing.Tests;

/// <summary>Calls that end without their reply, and calls that wait for a slot: in the handler harness, and at a peer.</summary>
public sealed class CallEndTests
{
    private static readonly TimeSpan s_callTimeout = TimeSpan.FromSeconds(5);

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task P19_HandleCallEnd_has_run_and_its_frames_are_sent_when_the_step_that_cancels_is_done()
    {
        await using var test = await LateHandlerTest.ConnectAsync(new QueryHandler());
        var call = await test.CallAsync(new Query("a"));
        Assert.Equal((0, 1), (test.CallsWaiting, test.CallsInProgress));
        await call.CancelAsync();

        Assert.Equal(["1 a", "cancel 1: Canceled"], test.SentTexts);
        await Assert.ThrowsAnyAsync<OperationCanceledException>(call.ReplyAsync);
        Assert.Equal(0, test.CallsInProgress);
    }

    [Fact]
    public async Task P19_HandleCallEnd_has_run_when_the_clock_has_passed_the_timeout()
    {
        await using var test = await LateHandlerTest.ConnectAsync(new QueryHandler());
        var call = await test.CallAsync(new Query("a"));
        var longer = await test.CallAsync(new Query("b"), new LateCallOptions { Timeout = 2 * s_callTimeout });
        await test.AdvanceAsync(s_callTimeout);

        Assert.Equal(["1 a", "2 b", "cancel 1: TimedOut"], test.SentTexts);
        await Assert.ThrowsAsync<LateCallTimeoutException>(call.ReplyAsync);
        Assert.False(longer.IsEnded);
        await test.AdvanceAsync(s_callTimeout);
        Assert.Equal("cancel 2: TimedOut", test.SentTexts[^1]);
    }

    [Fact]
    public async Task A_call_that_waits_for_a_slot_has_it_when_the_step_that_releases_it_is_done()
    {
        await using var test = await LateHandlerTest.ConnectAsync(new QueryHandler(), static options => options.MaxConcurrentCalls = 1);
        var first = await test.CallAsync(new Query("a"));
        var second = await test.CallAsync(new Query("b"));
        Assert.Equal((1, 1), (test.CallsWaiting, test.CallsInProgress));
        Assert.Equal(["1 a"], test.SentTexts);
        await test.ReceiveAsync("1 yes");

        Assert.Equal("yes", await first.ReplyAsync());
        Assert.Equal(["1 a", "2 b"], test.SentTexts);
        Assert.Equal((0, 1), (test.CallsWaiting, test.CallsInProgress));
        Assert.False(second.IsEnded);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_canceled_call_keeps_its_slot_until_HandleCallEnd_releases_it_or_the_server_has_answered(bool releasesSlots)
    {
        await using var test = await LateHandlerTest.ConnectAsync(new QueryHandler(releasesSlots), static options => options.MaxConcurrentCalls = 1);
        var first = await test.CallAsync(new Query("a"));
        await test.CallAsync(new Query("b"));
        await first.CancelAsync();
        if (!releasesSlots)
        {
            Assert.Equal(["1 a", "cancel 1: Canceled"], test.SentTexts);
            Assert.Equal((1, 1), (test.CallsWaiting, test.CallsInProgress));
            await test.ReceiveAsync("1 late");
        }

        Assert.Equal(["1 a", "cancel 1: Canceled", "2 b"], test.SentTexts);
        Assert.Equal((0, 1), (test.CallsWaiting, test.CallsInProgress));
    }

    [Fact]
    public async Task A_call_that_waits_leaves_the_queue_with_its_caller_or_after_QueueTimeout_and_has_no_HandleCallEnd()
    {
        await using var test = await LateHandlerTest.ConnectAsync(
            new QueryHandler(), static options => (options.MaxConcurrentCalls, options.QueueTimeout) = (1, TimeSpan.FromSeconds(1)));
        await test.CallAsync(new Query("a"));
        var canceled = await test.CallAsync(new Query("b"));
        var late = await test.CallAsync(new Query("c"));
        await canceled.CancelAsync();
        Assert.Equal(1, test.CallsWaiting);
        await test.AdvanceAsync(TimeSpan.FromSeconds(1));

        Assert.Equal(LateDelivery.NotDelivered, (await Assert.ThrowsAsync<LateCallTimeoutException>(late.ReplyAsync)).Delivery);
        Assert.Equal((0, 1), (test.CallsWaiting, test.CallsInProgress));
        Assert.Equal(["1 a"], test.SentTexts);
    }

    [Fact]
    public async Task What_HandleCallEnd_throws_its_step_throws()
    {
        await using var test = await LateHandlerTest.ConnectAsync(new QueryHandler());
        var call = await test.CallAsync(new Query("bad"));

        await Assert.ThrowsAsync<FormatException>(call.CancelAsync);
    }

    [Fact]
    public async Task A_peer_receives_the_frames_of_a_call_end_and_then_the_call_that_has_waited()
    {
        var peer = new LateTestPeer();
        var builder = Host.CreateEmptyApplicationBuilder(new HostApplicationBuilderSettings());
        builder.Services.AddLateConnection<QueryHandler>(static options => options.MaxConcurrentCalls = 1);
        builder.Services.AddLateTestPeer<QueryHandler>(peer);
        using var host = builder.Build();
        await host.StartAsync(Token);
        var client = host.Services.GetRequiredService<ILateClient<QueryHandler>>();
        var session = await peer.AcceptAsync();
        using var caller = new CancellationTokenSource();
        var canceled = client.CallAsync(new Query("a"), caller.Token);
        await session.ExpectAsync("1 a");
        var (late, last) = (client.CallAsync(new Query("b"), Token), client.CallAsync(new Query("c"), Token));
        await caller.CancelAsync();

        await session.ExpectAsync("cancel 1: Canceled");
        session.Send("1 late");
        await session.ExpectAsync("2 b");
        await peer.AdvanceAsync(s_callTimeout);
        await session.ExpectAsync("cancel 2: TimedOut");
        await session.ExpectAsync("3 c");
        session.Send("3 yes");
        Assert.Equal("yes", await last);
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => canceled);
        await Assert.ThrowsAsync<LateCallTimeoutException>(() => late);
        await host.StopAsync(Token);
    }
}
