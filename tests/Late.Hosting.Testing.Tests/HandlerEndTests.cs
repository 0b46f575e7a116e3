using Late.Hosting.Testing.Tests.Support;

namespace Late.Hosting.Testing.Tests;

/// <summary>The handler harness: errors, and ends of sessions and connections.</summary>
public sealed class HandlerEndTests
{
    [Fact]
    public async Task What_a_callback_throws_its_step_throws_and_the_state_stays()
    {
        await using var test = await ConnectAsync();
        var call = await test.CallAsync(new Add(5));
        await test.ReceiveAsync("done 1 5");

        var exception = await Assert.ThrowsAsync<FormatException>(() => test.ReceiveAsync("nonsense"));

        Assert.Equal("What is nonsense?", exception.Message);
        Assert.Equal(5, test.State);
        Assert.Equal(5, await call.ReplyAsync());
        await test.PostAsync(new Beat());
        Assert.True(test.IsReady);
    }

    [Fact]
    public async Task HandlerErrors_Restart_closes_with_1011_and_begins_a_new_life_with_a_new_handler()
    {
        await using var test = await ConnectAsync(options => options.HandlerErrors = LateHandlerErrorBehavior.Restart);
        var first = test.Handler;
        await test.CallAsync(new Add(5));
        await test.ReceiveAsync("done 1 5");
        await Assert.ThrowsAsync<FormatException>(() => test.ReceiveAsync("nonsense"));

        Assert.Equal(LateCloseCode.InternalError, test.Closed?.Code);
        Assert.Equal(0, test.State);
        await test.ConnectAsync();
        Assert.NotSame(first, test.Handler);
        Assert.Equal(["Init", "Connect ", "Disconnect HandlerError ", "Terminate HandlerError", "Dispose"], first.Trace);
        Assert.Equal(["Init", "Connect "], test.Handler.Trace);
    }

    [Fact]
    public async Task What_Init_throws_the_start_throws()
    {
        var exception = await Assert.ThrowsAsync<FormatException>(() => LateHandlerTest.StartAsync(new BrokenHandler { BreaksInit = true }));

        Assert.Equal("init", exception.Message);
    }

    [Fact]
    public async Task What_HandleConnect_throws_the_connect_throws()
    {
        await using var test = await LateHandlerTest.StartAsync(new BrokenHandler());

        Assert.Equal("connect", (await Assert.ThrowsAsync<FormatException>(() => test.ConnectAsync())).Message);
        Assert.Equal(LateDisconnectReason.HandlerError, test.Outcome?.Disconnect?.Reason);
    }

    [Fact]
    public async Task Wrong_options_are_thrown_by_the_start()
    {
        var exception = await Assert.ThrowsAsync<Microsoft.Extensions.Options.OptionsValidationException>(
            () => LateHandlerTest.StartAsync(new EchoHandler(), options => options.CallTimeout = TimeSpan.Zero));

        Assert.Contains("CallTimeout", exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_test_ends_also_where_a_callback_does_not()
    {
        var test = await ConnectAsync();
        var step = test.ReceiveAsync("wait");
        await test.Handler.Waits.Task;

        await test.DisposeAsync();
        await step;
        Assert.Equal(LateConnectionState.Stopped, test.Client.State);
    }

    [Fact]
    public async Task A_broken_connection_is_lost_and_the_next_session_follows()
    {
        await using var test = await ConnectAsync();
        await test.DisconnectAsync();
        Assert.Equal(LateDisconnectReason.ConnectionLost, test.Outcome?.Disconnect?.Reason);
        Assert.True(test.Outcome?.ShouldReconnect);
        await test.ConnectAsync();

        Assert.Equal(["Init", "Connect ", "Disconnect ConnectionLost ", "Connect "], test.Handler.Trace);
        Assert.Equal(["hello 0", "hello 0"], test.SentTexts);
    }

    [Fact]
    public async Task A_server_that_closes_is_answered_with_its_code()
    {
        await using var test = await ConnectAsync();
        await test.DisconnectAsync(4242, "maintenance");

        Assert.Equal(new LateTestClose(4242, ""), test.Closed);
        Assert.Equal("maintenance", test.Outcome?.Disconnect?.CloseReason);
        Assert.Equal(["Init", "Connect ", "Disconnect ClosedByServer 4242"], test.Handler.Trace);
    }

    [Fact]
    public async Task A_handler_that_asks_for_a_reconnect_specifies_when()
    {
        await using var test = await ConnectAsync();
        await test.ReceiveAsync("again");

        Assert.Equal(new LateTestClose(LateCloseCode.NormalClosure, "asked for"), test.Closed);
        Assert.Equal(TimeSpan.FromSeconds(5), test.Outcome?.Delay);
        Assert.True(test.Outcome?.ShouldReconnect);
        await test.ConnectAsync();
        Assert.True(test.IsReady);
    }

    [Fact]
    public async Task A_handler_that_stops_ends_the_connection()
    {
        await using var test = await ConnectAsync();
        await test.ReceiveAsync("stop");

        Assert.Equal(new LateTestClose(4001, "asked to"), test.Closed);
        Assert.Equal(LateConnectionState.Stopped, test.Client.State);
        Assert.False(test.Outcome?.ShouldReconnect);
        Assert.Equal(["Init", "Connect ", "Disconnect HandlerStopped ", "Terminate HandlerStopped", "Dispose"], test.Handler.Trace);
        await Assert.ThrowsAsync<InvalidOperationException>(() => test.ConnectAsync());
    }

    [Fact]
    public async Task A_host_that_stops_runs_HandleTerminate()
    {
        await using var test = await ConnectAsync();
        await test.StopAsync();

        Assert.Equal(LateCloseCode.NormalClosure, test.Closed?.Code);
        Assert.Equal(["Init", "Connect ", "Disconnect HostStopping ", "Terminate HostStopping", "Dispose"], test.Handler.Trace);
    }

    private static Task<LateHandlerTest<TotalHandler>> ConnectAsync(Action<LateConnectionOptions>? configure = null) =>
        LateHandlerTest.ConnectAsync<TotalHandler>(self => new TotalHandler(self), configure);

    [Fact]
    public async Task No_handler_is_refused()
    {
        await Assert.ThrowsAsync<ArgumentNullException>("handler", () => LateHandlerTest.ConnectAsync((TotalHandler)null!));
        await Assert.ThrowsAsync<ArgumentException>("create", () => LateHandlerTest.ConnectAsync<TotalHandler>(_ => null!));
    }
}
