using Late.Hosting.Tests.Support;

namespace Late.Hosting.Tests.Connection.Calls;

/// <summary><see cref="LateConnectionOptions.MaxConcurrentCalls"/>, its sibling by request, and <see cref="LateConnectionOptions.QueueTimeout"/>.</summary>
public sealed class CallSlotTests
{
    private static readonly TimeSpan s_callTimeout = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan s_queueTimeout = TimeSpan.FromSeconds(60);

    private readonly LatePendingCalls _pending = new();
    private readonly ScriptedHandler _handler;

    public CallSlotTests() => _handler = NumberedCalls.Handler(_pending);

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Calls_are_in_progress_one_after_the_other_and_posts_and_sends_pass()
    {
        await using var host = Host();
        var socket = await host.ReadyAsync();
        var calls = Enumerable.Range(1, 3).Select(i => Call(host, $"{i}")).ToArray();
        await host.Client.PostAsync(new Note("post"), Token);
        await host.Client.SendAsync(LateFrame.Text("sent"), Token);

        Assert.Equal("1 1", await socket.SentAsync());
        Assert.Equal("sent", await socket.SentAsync());
        Assert.Equal(["Init", "Connect", "Call 1", "Info post"], _handler.Trace());
        for (var i = 1; i <= 3; i++)
        {
            socket.Send($"{i} reply{i}");
            Assert.Equal($"reply{i}", await calls[i - 1]);
            if (i < 3)
            {
                Assert.Equal($"{i + 1} {i + 1}", await socket.SentAsync());
            }
        }
    }

    [Fact]
    public async Task A_call_waits_for_its_slot_within_QueueTimeout_and_CallTimeout_begins_with_the_slot()
    {
        await using var host = new TestHost(_handler, static options =>
            (options.MaxConcurrentCalls, options.QueueTimeout, options.KeepAliveInterval) = (1, TimeSpan.FromSeconds(58), TimeSpan.FromHours(1)));
        var socket = await host.ReadyAsync();
        var calls = Enumerable.Range(0, 13).Select(i => Call(host, $"{i}")).ToArray();
        for (var i = 0; i < 12; i++)
        {
            await socket.SentAsync();
            host.Time.Advance(s_callTimeout - TimeSpan.FromTicks(1));
            Assert.False(calls[i].IsCompleted);
            host.Time.Advance(TimeSpan.FromTicks(1));
            Assert.Equal(LateDelivery.Unknown, (await Assert.ThrowsAsync<LateCallTimeoutException>(() => calls[i])).Delivery);
        }

        // It had waited for longer than QueueTimeout before the call before it ended.
        Assert.Equal(LateDelivery.NotDelivered, (await Assert.ThrowsAsync<LateCallTimeoutException>(() => calls[12])).Delivery);
        await host.Client.PostAsync(new Note("last"), Token);
        await _handler.SkipToAsync("Info last");
        Assert.False(socket.TrySent(out _));
        Assert.Equal(0, _pending.Count);
    }

    [Fact]
    public async Task QueueTimeout_includes_the_wait_for_a_session()
    {
        await using var host = Host();
        await host.StartAsync();
        var call = Call(host, "a");
        host.Time.Advance(s_queueTimeout - TimeSpan.FromTicks(1));
        Assert.False(call.IsCompleted);
        host.Time.Advance(TimeSpan.FromTicks(1));

        Assert.Equal(LateDelivery.NotDelivered, (await Assert.ThrowsAsync<LateCallTimeoutException>(() => call)).Delivery);
    }

    [Theory]
    [InlineData("reply")]
    [InlineData("failure")]
    [InlineData("CallTimeout")]
    [InlineData("ReleaseSlot")]
    public async Task A_canceled_caller_is_released_immediately_and_its_slot_by(string way)
    {
        var release = way == "ReleaseSlot" ? new TaskCompletionSource() : null;
        _handler.CallEnd = async (_, state, _) =>
        {
            if (release is null)
            {
                return LateResult.Ok(state);
            }

            await release.Task;
            return LateResult.Send(state, LateFrame.Text("cancel")).ReleaseSlot();
        };
        await using var host = Host();
        var socket = await host.ReadyAsync();
        using var caller = new CancellationTokenSource();
        var canceled = host.Client.CallAsync(new Watched("canceled"), caller.Token);
        var next = Call(host, "next");
        Assert.Equal("1 canceled", await socket.SentAsync());
        await caller.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => canceled);
        await _handler.SkipToAsync("CallEnd canceled Canceled");
        if (release is null)
        {
            await host.Client.PostAsync(new Note("post"), Token);
            Assert.Equal("Info post", await _handler.NextAsync());
        }

        Assert.False(socket.TrySent(out _));
        Assert.False(next.IsCompleted);
        switch (way)
        {
            case "reply":
                Assert.False(_pending.Reply(1, "late"));
                break;
            case "failure":
                Assert.False(_pending.Fail(1, new FormatException()));
                break;
            case "CallTimeout":
                host.Time.Advance(s_callTimeout);
                break;
            default:
                release!.SetResult();
                Assert.Equal("cancel", await socket.SentAsync());
                break;
        }

        Assert.Equal("2 next", await socket.SentAsync());
        Assert.Equal(1, _pending.Count);
        socket.Send("2 yes");
        Assert.Equal("yes", await next);
        Assert.DoesNotContain(_handler.Trace(), static callback => callback.StartsWith("CallEnd", StringComparison.Ordinal));
    }

    [Fact]
    public async Task P19_the_end_of_a_call_reaches_the_handler_before_the_next_call_has_its_slot()
    {
        await using var host = Host();
        var socket = await host.ReadyAsync();
        var first = host.Client.CallAsync(new Watched("first"), Token);
        var second = Call(host, "second");
        await socket.SentAsync();
        host.Time.Advance(s_callTimeout);
        await Assert.ThrowsAsync<LateCallTimeoutException>(() => first);

        Assert.Equal("2 second", await socket.SentAsync());
        Assert.Equal(["Init", "Connect", "Call first", "CallEnd first TimedOut", "Call second"], _handler.Trace());
        socket.Send("2 yes");
        Assert.Equal("yes", await second);
    }

    [Fact]
    public async Task A_call_that_is_canceled_before_the_handler_has_it_gives_its_place_to_the_next()
    {
        var hold = new TaskCompletionSource();
        _handler.Info = async (_, state, _) =>
        {
            await hold.Task;
            return LateResult.Ok(state);
        };
        await using var host = Host();
        var socket = await host.ReadyAsync();
        await host.Client.PostAsync(new Note("blocks"), Token);
        await _handler.SkipToAsync("Info blocks");
        using var caller = new CancellationTokenSource();
        var admitted = host.Client.CallAsync(new Ask("admitted"), caller.Token);
        var waiting = host.Client.CallAsync(new Ask("waiting"), caller.Token);
        var last = Call(host, "last");
        await caller.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => admitted);
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => waiting);
        hold.SetResult();

        Assert.Equal("1 last", await socket.SentAsync());
        socket.Send("1 yes");
        Assert.Equal("yes", await last);
    }

    [Fact]
    public async Task A_request_whose_slots_are_taken_holds_up_no_other()
    {
        await using var host = new TestHost(_handler, settings: new()
        {
            ["Late:Forwarding:MaxConcurrentCallsByRequest:Ask"] = "1",
            ["Late:Forwarding:MaxConcurrentCalls"] = "2",
        });
        var socket = await host.ReadyAsync();
        Task<string>[] calls = [Call(host, "a1"), Call(host, "a2"), Watch(host, "w1"), Watch(host, "w2"), Call(host, "a3")];

        Assert.Equal(["1 a1", "2 w1"], [await socket.SentAsync(), await socket.SentAsync()]);
        socket.Send("2 yes");
        Assert.Equal("3 w2", await socket.SentAsync());
        socket.Send("1 yes");
        Assert.Equal("4 a2", await socket.SentAsync());
        socket.Send("3 yes");
        await calls[3];
        await host.Client.PostAsync(new Note("post"), Token);
        await _handler.SkipToAsync("Info post");
        Assert.False(socket.TrySent(out _));
        socket.Send("4 yes");
        Assert.Equal("5 a3", await socket.SentAsync());
        socket.Send("5 yes");
        Assert.All(await Task.WhenAll(calls), static reply => Assert.Equal("yes", reply));
    }

    [Fact]
    public async Task A_call_whose_handler_throws_has_no_slot_any_more()
    {
        var taken = _handler.Call;
        _handler.Call = (request, call, state, token) => request.Text == "bad" ? throw new FormatException() : taken(request, call, state, token);
        await using var host = Host();
        var socket = await host.ReadyAsync();
        var (bad, good) = (Call(host, "bad"), Call(host, "good"));

        await Assert.ThrowsAsync<FormatException>(() => bad);
        Assert.Equal("1 good", await socket.SentAsync());
        socket.Send("1 yes");
        Assert.Equal("yes", await good);
    }

    [Fact]
    public async Task P6_what_waits_for_a_slot_outlasts_its_session_in_its_order_or_fails_as_its_caller_has_chosen()
    {
        await using var host = Host();
        var socket = await host.ReadyAsync();
        using var caller = new CancellationTokenSource();
        var canceled = host.Client.CallAsync(new Ask("canceled"), caller.Token);
        await socket.SentAsync();
        await caller.CancelAsync();
        var failing = host.Client.CallAsync(new Ask("failing"), new LateCallOptions { WhenNotReady = LateWhenNotReady.Fail }, Token);
        var calls = Enumerable.Range(2, 2).Select(i => Call(host, $"{i}")).ToArray();
        socket.Drop();

        Assert.Equal(LateDelivery.NotDelivered, (await Assert.ThrowsAsync<LateDisconnectedException>(() => failing)).Delivery);
        await host.NextAttemptAsync();
        var next = await host.Transport.AcceptAsync();
        for (var i = 2; i <= 3; i++)
        {
            Assert.Equal($"{i} {i}", await next.SentAsync());
            next.Send($"{i} yes");
            Assert.Equal("yes", await calls[i - 2]);
        }

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => canceled);
    }

    [Fact]
    public async Task ReleaseSlot_in_another_callback_is_an_error_and_changes_nothing()
    {
        _handler.Info = static (_, state, _) => LateResult.Send(state + 1, LateFrame.Text("never")).ReleaseSlot();
        await using var host = Host();
        var socket = await host.ReadyAsync();
        await host.Client.PostAsync(new Note("a"), Token);
        await host.LoggedAsync("CallbackThrew");

        Assert.Contains(host.Logs.GetSnapshot(), static record => record.Exception?.ToString().Contains("HandleCallEnd", StringComparison.Ordinal) == true || record.Message.Contains("HandleCallEnd", StringComparison.Ordinal));
        Assert.False(socket.TrySent(out _));
    }

    private TestHost Host() => new(_handler, static options => options.MaxConcurrentCalls = 1);

    private static Task<string> Call(TestHost host, string text) => host.Client.CallAsync(new Ask(text), Token);

    private static Task<string> Watch(TestHost host, string text) => host.Client.CallAsync(new Watched(text), Token);
}
