using Late.Hosting.Testing.Tests.Support;

namespace Late.Hosting.Testing.Tests;

/// <summary>The handler harness: what goes in, and what comes out.</summary>
public sealed class HandlerTests
{
    [Fact]
    public async Task A_handlers_test_is_three_lines()
    {
        await using var test = await LateHandlerTest.ConnectAsync(new EchoHandler());
        await test.ReceiveAsync("hello");
        Assert.Equal(["hello"], test.SentTexts);
    }

    [Fact]
    public async Task A_message_is_handled_and_answered_when_its_step_is_done()
    {
        await using var test = await LateHandlerTest.ConnectAsync(new EchoHandler());
        for (var i = 0; i < 1000; i++)
        {
            await test.ReceiveAsync($"{i}");
            Assert.Equal($"{i}", test.State);
            Assert.Equal(i + 1, test.Sent.Count);
        }

        Assert.Equal(Enumerable.Range(0, 1000).Select(i => $"{i}"), test.SentTexts);
    }

    [Fact]
    public async Task Binary_messages_are_bytes_and_no_texts()
    {
        await using var test = await LateHandlerTest.ConnectAsync(new EchoHandler());
        await test.ReceiveAsync(LateFrame.Binary(new byte[] { 1, 2, 255 }));

        Assert.Equal(LateFrameKind.Binary, Assert.Single(test.Sent).Kind);
        Assert.Equal([1, 2, 255], test.Sent[0].ToArray());
        Assert.Empty(test.SentTexts);
    }

    [Fact]
    public async Task A_message_of_a_mebibyte_goes_both_ways()
    {
        var text = new string('x', 1024 * 1024);
        await using var test = await LateHandlerTest.ConnectAsync(new EchoHandler());
        await test.ReceiveAsync(text);

        Assert.Equal([text], test.SentTexts);
    }

    [Fact]
    public async Task Start_runs_Init_alone_and_Connect_runs_HandleConnect_with_the_servers_answer()
    {
        await using var test = await StartAsync(options => options.SubProtocols.Add("v2"));
        Assert.Equal(["Init"], test.Handler.Trace);
        Assert.False(test.IsReady);

        await test.ConnectAsync("v2", [new("X-Region", "eu")]);

        Assert.Equal(["Init", "Connect v2eu"], test.Handler.Trace);
        Assert.Equal(["hello 0"], test.SentTexts);
        Assert.True(test.IsReady);
    }

    [Fact]
    public async Task An_answer_that_is_not_accepted_is_thrown_and_the_test_may_connect_again()
    {
        await using var test = await StartAsync();

        var exception = await Assert.ThrowsAsync<LateConnectException>(() => test.ConnectAsync("never asked for"));
        Assert.Contains("sub-protocol", exception.Message, StringComparison.Ordinal);
        await test.ConnectAsync();
        Assert.True(test.IsReady);
    }

    [Fact]
    public async Task A_call_is_seen_when_its_step_is_done_and_replied_to_later()
    {
        await using var test = await ConnectAsync();
        var call = await test.CallAsync(new Add(5));
        Assert.Equal(["hello 0", "1:5"], test.SentTexts);
        Assert.False(call.IsEnded);

        await test.ReceiveAsync("done 1 5");

        Assert.Equal(5, await call.ReplyAsync());
        Assert.Equal(5, test.State);
    }

    [Fact]
    public async Task What_a_call_throws_goes_to_its_caller_alone()
    {
        await using var test = await ConnectAsync();
        var call = await test.CallAsync(new Add(-1));

        await Assert.ThrowsAsync<ArgumentException>(call.ReplyAsync);
        await test.SettleAsync();
    }

    [Fact]
    public async Task A_call_times_out_on_the_tests_clock()
    {
        await using var test = await ConnectAsync();
        var call = await test.CallAsync(new Add(1));
        await test.AdvanceAsync(TimeSpan.FromSeconds(4.9));
        Assert.False(call.IsEnded);
        await test.AdvanceAsync(TimeSpan.FromSeconds(0.1));

        var exception = await Assert.ThrowsAsync<LateCallTimeoutException>(call.ReplyAsync);
        Assert.Equal(LateDelivery.Unknown, exception.Delivery);
    }

    [Fact]
    public async Task A_call_fails_when_the_session_ends()
    {
        await using var test = await ConnectAsync();
        var call = await test.CallAsync(new Add(1));
        await test.DisconnectAsync();

        Assert.Equal(LateDelivery.Unknown, (await Assert.ThrowsAsync<LateDisconnectedException>(call.ReplyAsync)).Delivery);
    }

    [Fact]
    public async Task Calls_wait_where_the_handler_holds_them_until_it_releases_them()
    {
        await using var test = await LateHandlerTest.ConnectAsync<TotalHandler>(self => new TotalHandler(self) { WantsLogin = true });
        var call = await test.CallAsync(new Add(1));
        Assert.False(test.IsReady);
        Assert.Equal(["hello 0"], test.SentTexts);

        await test.ReceiveAsync("welcome");

        Assert.True(test.IsReady);
        Assert.Equal(["hello 0", "1:1"], test.SentTexts);
        Assert.False(call.IsEnded);
    }

    [Fact]
    public async Task A_session_that_is_held_too_long_ends()
    {
        await using var test = await LateHandlerTest.ConnectAsync<TotalHandler>(self => new TotalHandler(self) { WantsLogin = true });
        await test.AdvanceAsync(TimeSpan.FromSeconds(10));

        Assert.Equal(LateDisconnectReason.ReadyTimeout, test.Outcome?.Disconnect?.Reason);
        Assert.False(test.Outcome?.Disconnect?.WasReady);
    }

    [Fact]
    public async Task A_post_that_the_connection_does_not_take_reports_why()
    {
        await using var test = await LateHandlerTest.ConnectAsync<TotalHandler>(self => new TotalHandler(self) { WantsLogin = true });

        var exception = await Assert.ThrowsAsync<LateTestException>(() => test.PostAsync(new Beat()));
        Assert.Contains("Connected", exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_heartbeat_beats_as_often_as_the_clock_shows()
    {
        await using var test = await ConnectAsync();
        test.ClearSent();
        await test.AdvanceAsync(TimeSpan.FromSeconds(9.9));
        Assert.Empty(test.Sent);
        await test.AdvanceAsync(TimeSpan.FromSeconds(50.1));

        Assert.Equal(["beat", "beat", "beat", "beat", "beat", "beat"], test.SentTexts);
    }

    [Fact]
    public async Task A_heartbeat_ends_with_its_session()
    {
        await using var test = await ConnectAsync();
        await test.DisconnectAsync();
        test.ClearSent();
        await test.AdvanceAsync(TimeSpan.FromHours(1));

        Assert.Empty(test.Sent);
        await test.ConnectAsync();
        Assert.Equal(["hello 0"], test.SentTexts);
    }

    [Fact]
    public async Task A_step_waits_for_what_the_handler_posts_to_itself()
    {
        await using var test = await ConnectAsync();
        test.ClearSent();
        await test.ReceiveAsync("count");

        Assert.Equal(["3", "2", "1"], test.SentTexts);
    }

    [Fact]
    public async Task A_step_waits_for_a_callback_that_waits()
    {
        await using var test = await ConnectAsync();
        test.ClearSent();
        var step = test.ReceiveAsync("wait");
        Assert.False(step.IsCompleted);
        Assert.Empty(test.Sent);
        test.Handler.Gate.SetResult();
        await step;

        Assert.Equal(["waited"], test.SentTexts);
    }

    [Fact]
    public async Task Steps_that_need_a_session_report_it_where_there_is_none()
    {
        await using var test = await StartAsync();

        Assert.Contains("ConnectAsync", (await Assert.ThrowsAsync<InvalidOperationException>(() => test.ReceiveAsync("x"))).Message, StringComparison.Ordinal);
        await test.ConnectAsync();
        Assert.Contains("DisconnectAsync", (await Assert.ThrowsAsync<InvalidOperationException>(() => test.ConnectAsync())).Message, StringComparison.Ordinal);
    }

    private static Task<LateHandlerTest<TotalHandler>> StartAsync(Action<LateConnectionOptions>? configure = null) =>
        LateHandlerTest.StartAsync<TotalHandler>(self => new TotalHandler(self), configure);

    private static Task<LateHandlerTest<TotalHandler>> ConnectAsync(Action<LateConnectionOptions>? configure = null) =>
        LateHandlerTest.ConnectAsync<TotalHandler>(self => new TotalHandler(self), configure);
}
