using Late.Hosting.IntegrationTests.Support;

namespace Late.Hosting.IntegrationTests;

/// <summary>Promise P14: calling oneself does not deadlock.</summary>
public sealed class SelfCallTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [BoundedTheory]
    [InlineData("Init", false)]
    [InlineData("Init", true)]
    [InlineData("Connect", false)]
    [InlineData("Connect", true)]
    [InlineData("In", false)]
    [InlineData("In", true)]
    [InlineData("Call", false)]
    [InlineData("Call", true)]
    [InlineData("Info", false)]
    [InlineData("Info", true)]
    [InlineData("Disconnect", false)]
    [InlineData("Disconnect", true)]
    [InlineData("Terminate", false)]
    [InlineData("Terminate", true)]
    public async Task P14_a_call_and_a_send_to_oneself_fail_immediately_with_advice(string callback, bool later)
    {
        await using var server = await TestServer.StartAsync();
        await using var app = new TestApp(server.Uri);
        var failures = new TaskCompletionSource<Exception[]>();
        async ValueTask CallOneselfAsync()
        {
            if (later)
            {
                await Task.Yield();
            }

            // An exception of a method, not of its task: the call has ended when the method returns.
            var call = app.Script.Client.CallAsync(new Ask("myself"), CancellationToken.None);
            var send = app.Script.Client.SendAsync(LateFrame.Text("myself"), CancellationToken.None).AsTask();
            failures.TrySetResult(call.IsFaulted && send.IsFaulted
                ? [call.Exception.InnerException!, send.Exception.InnerException!]
                : []);
        }

        async ValueTask<LateResult<int>> RunAsync(string which, int state)
        {
            if (which == callback)
            {
                await CallOneselfAsync();
            }

            return LateResult.Ok(state);
        }

        app.Script.Init = async (_, _) => (await RunAsync("Init", 0)).State;
        app.Script.Connect = (_, state, _) => RunAsync("Connect", state);
        app.Script.In = (_, state, _) => RunAsync("In", state);
        app.Script.Info = (_, state, _) => RunAsync("Info", state);
        app.Script.Call = (_, call, state, _) =>
        {
            call.Reply("done");
            return RunAsync("Call", state);
        };
        app.Script.Disconnect = async (_, state, _) => LateDisconnectResult.Ok((await RunAsync("Disconnect", state)).State);
        app.Script.Terminate = async (_, state, _) => await RunAsync("Terminate", state);
        var peer = await app.StartAsync(server);
        await peer.SendAsync("frame");
        await app.Life.SkipToAsync("In frame");
        await app.Client.PostAsync(new Note("note"), Token);
        await app.Client.CallAsync(new Ask("ask"), Token);
        var stop = app.StopAsync();
        await peer.AnswerCloseAsync();
        await stop;

        var seen = await failures.Task;
        Assert.Equal(2, seen.Length);
        Assert.Contains("PostAsync", Assert.IsType<InvalidOperationException>(seen[0]).Message, StringComparison.Ordinal);
        Assert.Contains("LateResult.Send", Assert.IsType<InvalidOperationException>(seen[1]).Message, StringComparison.Ordinal);
    }

    [BoundedFact]
    public async Task P14_a_post_to_oneself_is_accepted_immediately_also_when_the_mailbox_is_full()
    {
        await using var server = await TestServer.StartAsync();
        await using var app = new TestApp(server.Uri, options => options.MailboxCapacity = 1);
        var full = new TaskCompletionSource();
        var accepted = new List<bool>();
        app.Script.Call = async (_, call, state, ct) =>
        {
            await full.Task.WaitAsync(ct);
            for (var i = 0; i < 10; i++)
            {
                var post = app.Script.Client.PostAsync(new Note($"own {i}"), ct);
                accepted.Add(post.IsCompletedSuccessfully);
            }

            call.Reply("done");
            return LateResult.Ok(state);
        };
        await app.StartAsync(server);
        var call = app.Client.CallAsync(new Ask("post to yourself"), Token);
        await app.Life.ExpectAsync("Init", "Connect", "Call post to yourself");
        await app.Client.PostAsync(new Note("fills it"), Token);
        var waiting = app.Client.PostAsync(new Note("waits for room"), Token).AsTask();
        Assert.False(waiting.IsCompleted);

        full.SetResult();
        Assert.Equal("done", await call);
        Assert.Equal(Enumerable.Repeat(true, 10), accepted);
        await app.Life.SkipToAsync("Info own 9");
        await waiting;
    }

    [BoundedFact]
    public async Task P14_a_post_to_oneself_from_HandleConnect_is_handled_before_the_connection_is_ready()
    {
        await using var server = await TestServer.StartAsync();
        await using var app = new TestApp(server.Uri, options => options.WhenNotReady = LateWhenNotReady.Fail);
        app.Script.Connect = async (_, state, ct) =>
        {
            await app.Script.Client.PostAsync(new Note("own"), ct);
            return LateResult.Send(state, LateFrame.Text("login")).HoldCalls();
        };
        app.Script.Info = (message, state, _) => LateResult.Send(state, LateFrame.Text(message.Text)).ReleaseCalls();
        var peer = await app.StartAsync(server);

        Assert.Equal("login", await peer.ReceiveAsync());
        Assert.Equal("own", await peer.ReceiveAsync());
    }

    [BoundedFact]
    public async Task P14_a_call_to_another_connection_from_a_callback_is_fine()
    {
        await using var server = await TestServer.StartAsync();
        await using var other = new TestApp(server.Uri);
        var peer = await other.StartAsync(server);
        await using var app = new TestApp(server.Uri);
        app.Script.Call = async (request, call, state, ct) =>
        {
            call.Reply(await other.Client.CallAsync(request, ct));
            return LateResult.Ok(state);
        };
        await app.StartAsync(server);

        var call = app.Client.CallAsync(new Ask("price"), Token);
        Assert.Equal("1 price", await peer.ReceiveAsync());
        await peer.SendAsync("1 42");
        Assert.Equal("42", await call);
    }

    [BoundedFact]
    public async Task P14_work_that_a_callback_left_running_may_call_when_no_callback_runs()
    {
        await using var server = await TestServer.StartAsync();
        await using var app = new TestApp(server.Uri);
        var begin = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        Task<string>? left = null;
        app.Script.Info = (_, state, _) =>
        {
            left = Task.Run(
                async () =>
                {
                    await begin.Task;
                    return await app.Script.Client.CallAsync(new Ask("from the background"), CancellationToken.None);
                },
                CancellationToken.None);
            return LateResult.Send(state, LateFrame.Text("started"));
        };
        var peer = await app.StartAsync(server);
        await app.Client.PostAsync(new Note("start"), Token);
        Assert.Equal("started", await peer.ReceiveAsync());
        // The next callback has run: none runs now that could be taken for the one that left the work.
        await app.Client.SendAsync(LateFrame.Text("behind it"), Token);
        Assert.Equal("behind it", await peer.ReceiveAsync());

        begin.SetResult();
        Assert.Equal("1 from the background", await peer.ReceiveAsync());
        await peer.SendAsync("1 42");
        Assert.Equal("42", await left!);
    }

    [BoundedFact]
    public async Task P14_work_that_a_callback_left_running_may_call_while_another_callback_runs()
    {
        await using var server = await TestServer.StartAsync();
        await using var app = new TestApp(server.Uri);
        var begin = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var called = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        Task<string>? left = null;
        app.Script.Info = (_, state, _) =>
        {
            left = Task.Run(
                async () =>
                {
                    await begin.Task;
                    var call = app.Script.Client.CallAsync(new Ask("from the background"), CancellationToken.None);
                    called.SetResult();
                    return await call;
                },
                CancellationToken.None);
            return LateResult.Ok(state);
        };
        var answer = app.Script.In;
        app.Script.In = async (frame, state, ct) =>
        {
            if (frame.GetText() == "slow")
            {
                begin.SetResult();
                await called.Task.WaitAsync(ct);
            }

            return await answer(frame, state, ct);
        };
        var peer = await app.StartAsync(server);
        await app.Client.PostAsync(new Note("start"), Token);
        await peer.SendAsync("slow");

        Assert.Equal("1 from the background", await peer.ReceiveAsync());
        await peer.SendAsync("1 42");
        Assert.Equal("42", await left!);
    }
}
