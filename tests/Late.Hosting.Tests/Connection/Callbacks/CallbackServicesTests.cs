using Late.Hosting.Tests.Support;

namespace Late.Hosting.Tests.Connection.Callbacks;

/// <summary>The scope of each callback that uses <see cref="LateContext.CallbackServices"/>; handlers of every form are in the tests of the test kit.</summary>
public sealed class CallbackServicesTests : ScopedServicesTest
{
    [Theory]
    [InlineData(false, false)]
    [InlineData(true, false)]
    [InlineData(false, true)]
    [InlineData(true, true)]
    public async Task Every_callback_has_a_scope_of_its_own_that_is_disposed_before_the_next_begins(bool awaits, bool disposalAwaits)
    {
        async ValueTask<TResult> Use<TResult>(TResult result)
        {
            Handler.Write($"uses {Unit().Number}");
            if (awaits)
            {
                await Task.Yield();
            }

            Assert.Same(Unit(), Unit());
            return result;
        }

        Units.Disposing = disposalAwaits ? static async () => await Task.Yield() : Units.Disposing;
        Handler.Init = (_, _) => Use(0);
        Handler.Connecting = (_, state, _) => Use(state);
        Handler.Connect = async (state, _) => LateResult.Ok(await Use(state));
        Handler.In = async (_, state, _) => LateResult.Ok(await Use(state));
        Handler.Call = async (request, call, state, _) =>
        {
            if (request.Text != "ends")
            {
                call.Reply("");
            }

            return LateResult.Ok(await Use(state));
        };
        Handler.CallEnd = async (_, state, _) => LateResult.Ok(await Use(state));
        Handler.Info = async (_, state, _) => LateResult.Ok(await Use(state));
        Handler.Closing = async (_, state, _) => LateResult.Ok(await Use(state));
        Handler.Disconnect = async (_, state, _) => LateDisconnectResult.Ok(await Use(state));
        Handler.Terminate = async (_, state, _) => await Use(state);
        await using var host = Host();
        var socket = await host.ReadyAsync();
        await ExpectAsync(1, "Init", "Connecting", "Connect");
        socket.Send("a", "b");
        await ExpectAsync(4, "In a", "In b");
        await host.Client.CallAsync(new Ask("c"), Token);
        await ExpectAsync(6, "Call c");
        await host.Client.PostAsync(new Note("d"), Token);
        await ExpectAsync(7, "Info d");
        using var caller = new CancellationTokenSource();
        var ending = host.Client.CallAsync(new Watched("ends"), caller.Token);
        await ExpectAsync(8, "Call ends");
        await caller.CancelAsync();
        await ExpectAsync(9, "CallEnd ends Canceled");
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => ending);
        await host.StopAsync(Token);
        await ExpectAsync(10, "Closing HostStopping", "Disconnect HostStopping", "Terminate HostStopping");

        Assert.Empty(Handler.Trace());
        Assert.Equal((12, 12), (Scopes, Units.Opened));
    }

    [Fact]
    public async Task What_a_callback_does_concurrently_shares_its_scope()
    {
        Handler.In = async (_, state, _) =>
        {
            var numbers = await Task.WhenAll(Enumerable.Range(0, 20).Select(_ => Task.Run(() => Unit().Number, Token)));
            Handler.Write($"used {numbers.Distinct().Single()}");
            return LateResult.Ok(state);
        };
        await using var host = Host();
        var socket = await host.ReadyAsync();
        socket.Send("a");

        await Handler.SkipToAsync("used 1");
        await Handler.SkipToAsync("disposed 1");
    }

    [Fact]
    public async Task A_callback_that_does_not_use_it_has_no_scope()
    {
        await using var host = Host();
        var socket = await host.ReadyAsync();
        socket.Send("a");
        await Handler.SkipToAsync("In a");
        await host.Client.CallAsync(new Ask("b"), Token);

        Assert.Equal(0, Scopes);
    }

    [Fact]
    public async Task The_next_callback_waits_for_the_disposal_and_what_was_sent_does_not()
    {
        var disposal = new TaskCompletionSource();
        Units.Disposing = () => disposal.Task;
        Handler.In = (frame, state, _) => LateResult.Send(state + Unit().Number, LateFrame.Text($"echo {frame.GetText()}"));
        await using var host = Host();
        var socket = await host.ReadyAsync();
        Handler.Trace();
        socket.Send("a", "b");
        Assert.Equal("echo a", await socket.SentAsync());

        await Handler.SkipToAsync("disposing 1");
        Assert.Empty(Handler.Trace());
        disposal.SetResult();
        await Handler.SkipToAsync("In b");
        Assert.Equal("echo b", await socket.SentAsync());
    }

    [Theory]
    [InlineData("In", false)]
    [InlineData("In", true)]
    [InlineData("Info", false)]
    [InlineData("Info", true)]
    [InlineData("Call", false)]
    [InlineData("Call", true)]
    public async Task A_callback_that_throws_disposes_its_scope_and_the_next_has_another(string callback, bool awaits)
    {
        async ValueTask<LateResult<int>> ThrowAsync()
        {
            await Task.Yield();
            throw new InvalidOperationException($"unit {Unit().Number}");
        }

        ValueTask<LateResult<int>> Fail() => awaits ? ThrowAsync() : throw new InvalidOperationException($"unit {Unit().Number}");
        (Handler.In, Handler.Info, Handler.Call) = ((_, _, _) => Fail(), (_, _, _) => Fail(), (_, _, _, _) => Fail());
        await using var host = Host(static options => options.HandlerErrors = LateHandlerErrorBehavior.Continue);
        var socket = await host.ReadyAsync();
        for (var number = 1; number <= 2; number++)
        {
            if (callback == "Call")
            {
                var error = await Assert.ThrowsAsync<InvalidOperationException>(() => host.Client.CallAsync(new Ask("a"), Token));
                Assert.Equal($"unit {number}", error.Message);
            }
            else if (callback == "Info")
            {
                await host.Client.PostAsync(new Note("a"), Token);
            }
            else
            {
                socket.Send("a");
            }

            await Handler.SkipToAsync($"disposed {number}");
        }

        Assert.Equal(LateConnectionState.Ready, host.Client.State);
    }

    [Fact]
    public async Task P2_what_a_disposal_throws_is_logged_and_the_result_and_the_session_stay()
    {
        Units.Disposing = static () => throw new InvalidOperationException("secret");
        Handler.In = (_, state, _) => LateResult.Ok(state + Unit().Number);
        Handler.Call = (_, call, state, _) =>
        {
            call.Reply($"{state}");
            return LateResult.Ok(state);
        };
        await using var host = Host(static options => options.HandlerErrors = LateHandlerErrorBehavior.Restart);
        var socket = await host.ReadyAsync();
        socket.Send("a", "b");
        await Handler.SkipToAsync("disposing 2");

        Assert.Equal("3", await host.Client.CallAsync(new Ask(""), Token));
        Assert.Equal(1, host.Transport.Count);
        var records = host.Logs.GetSnapshot().Where(static record => record.Id.Name == "DisposalThrew").ToList();
        Assert.Equal(2, records.Count);
        Assert.Equal("Forwarding: the disposal of the services that HandleIn used threw; nothing else changes. Fix the disposal of the scoped service", records[0].Message);
        Assert.All(records, static record => Assert.DoesNotContain("secret", $"{record.Message} {record.Exception}", StringComparison.Ordinal));
        Assert.DoesNotContain(host.Logs.GetSnapshot(), static record => record.Id.Name == "CallbackThrew");
    }

    [Fact]
    public async Task P14_a_call_to_oneself_fails_in_a_disposal_too()
    {
        ILateClient<ForwardingHandler> client = null!;
        Units.Disposing = () => client.CallAsync(new Ask("own"), Token);
        Handler.In = (_, state, _) => LateResult.Ok(state + Unit().Number);
        await using var host = Host();
        client = host.Client;
        var socket = await host.ReadyAsync();
        socket.Send("a");

        await host.LoggedAsync("DisposalThrew");
        Assert.Equal("b", await client.CallAsync(new Ask("b"), Token));
        Assert.DoesNotContain("Call own", Handler.Trace());
    }

    /// <summary>Each callback has used a scope of its own, from a number on.</summary>
    private async Task ExpectAsync(int number, params string[] callbacks)
    {
        foreach (var callback in callbacks)
        {
            foreach (var expected in new[] { callback, $"uses {number}", $"disposing {number}", $"disposed {number}" })
            {
                Assert.Equal(expected, await Handler.NextAsync());
            }

            number++;
        }
    }
}
