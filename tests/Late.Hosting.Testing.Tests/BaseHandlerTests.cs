using Late.Hosting.Testing.Tests.Support;

namespace Late.Hosting.Testing.Tests;

/// <summary>A handler that derives from <see cref="LateHandler{TState}"/>: each callback runs, in the form that it overrides.</summary>
public sealed class BaseHandlerTests
{
    [Fact]
    public async Task Every_synchronous_callback_runs()
    {
        var handler = new SyncHandler();
        await using var test = await LateHandlerTest.ConnectAsync(handler);
        var call = await test.CallAsync(new Add(2));
        Assert.Equal(2, await call.ReplyAsync());
        await test.PostAsync(new Beat());
        await test.ReceiveAsync("hello");
        await test.DisconnectAsync();
        Assert.Equal(TimeSpan.FromSeconds(7), test.Outcome!.Delay);
        await test.StopAsync();

        Assert.Equal(["Init", "Connect", "Call 2", "Info", "In hello", "Disconnect ConnectionLost", "Terminate HostStopping"], handler.Trace);
        Assert.Equal(["connected", "beat", "hello"], test.SentTexts);
        Assert.Equal(5, test.State);
    }

    [Fact]
    public async Task Every_asynchronous_callback_runs_and_the_synchronous_one_only_through_its_base()
    {
        var handler = new AsyncHandler();
        await using var test = await LateHandlerTest.ConnectAsync(handler);
        await test.ReceiveAsync("hello");
        await test.DisconnectAsync();
        await test.StopAsync();

        Assert.Equal(
            [
                "InitAsync", "Init", "ConnectAsync", "Connect", "InAsync", "In hello", "DisconnectAsync", "Disconnect ConnectionLost",
                "TerminateAsync", "Terminate HostStopping",
            ],
            handler.Trace);
    }

    [Fact]
    public async Task A_handler_that_overrides_neither_Init_nor_InitAsync_is_advised_to()
    {
        var error = await Assert.ThrowsAnyAsync<InvalidOperationException>(() => LateHandlerTest.StartAsync(new EmptyHandler()));

        Assert.Equal("EmptyHandler overrides neither Init nor InitAsync. Override one of them, and return the first state.", error.Message);
    }

    [Fact]
    public async Task What_is_not_overridden_does_nothing()
    {
        await using var test = await LateHandlerTest.ConnectAsync(new QuietHandler());
        await test.ReceiveAsync("hello");
        await test.DisconnectAsync();

        Assert.Equal(7, test.State);
        Assert.Empty(test.Sent);
        Assert.Null(test.Outcome!.Delay);
    }

    private class SyncHandler : LateHandler<int>, ILateSyncCallHandler<int, Add, int>, ILateSyncInfoHandler<int, Beat>
    {
        public List<string> Trace { get; } = [];

        public override int Init(LateContext context)
        {
            Trace.Add("Init");
            return 0;
        }

        public override LateResult<int> HandleConnect(LateHandshake handshake, int state)
        {
            Trace.Add("Connect");
            return LateResult.Send(state + 1, LateFrame.Text("connected"));
        }

        public override LateResult<int> HandleIn(LateFrame frame, int state)
        {
            Trace.Add($"In {frame.GetText()}");
            return LateResult.Send(state + 1, frame);
        }

        public LateResult<int> HandleCall(Add request, LateCall<int> call, int state)
        {
            Trace.Add($"Call {request.Number}");
            call.Reply(request.Number);
            return LateResult.Ok(state + 1);
        }

        public LateResult<int> HandleInfo(Beat message, int state)
        {
            Trace.Add("Info");
            return LateResult.Send(state + 1, LateFrame.Text("beat"));
        }

        public override LateDisconnectResult<int> HandleDisconnect(LateDisconnect disconnect, int state)
        {
            Trace.Add($"Disconnect {disconnect.Reason}");
            return LateDisconnectResult.ReconnectAfter(state + 1, TimeSpan.FromSeconds(7));
        }

        public override void HandleTerminate(LateTerminateReason reason, int state) => Trace.Add($"Terminate {reason.Kind}");
    }

    private sealed class AsyncHandler : SyncHandler
    {
        public override async ValueTask<int> InitAsync(LateContext context, CancellationToken cancellationToken)
        {
            Trace.Add("InitAsync");
            await Task.Yield();
            return await base.InitAsync(context, cancellationToken);
        }

        public override async ValueTask<LateResult<int>> HandleConnectAsync(LateHandshake handshake, int state, CancellationToken cancellationToken)
        {
            Trace.Add("ConnectAsync");
            await Task.Yield();
            return await base.HandleConnectAsync(handshake, state, cancellationToken);
        }

        public override async ValueTask<LateResult<int>> HandleInAsync(LateFrame frame, int state, CancellationToken cancellationToken)
        {
            Trace.Add("InAsync");
            await Task.Yield();
            return await base.HandleInAsync(frame, state, cancellationToken);
        }

        public override async ValueTask<LateDisconnectResult<int>> HandleDisconnectAsync(LateDisconnect disconnect, int state, CancellationToken cancellationToken)
        {
            Trace.Add("DisconnectAsync");
            await Task.Yield();
            return await base.HandleDisconnectAsync(disconnect, state, cancellationToken);
        }

        public override async ValueTask HandleTerminateAsync(LateTerminateReason reason, int state, CancellationToken cancellationToken)
        {
            Trace.Add("TerminateAsync");
            await Task.Yield();
            await base.HandleTerminateAsync(reason, state, cancellationToken);
        }
    }

    private sealed class EmptyHandler : LateHandler<int>;

    private sealed class QuietHandler : LateHandler<int>
    {
        public override int Init(LateContext context) => 7;
    }
}
