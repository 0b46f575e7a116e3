using Late.Hosting.Tests.Connection.Sessions;
using Late.Hosting.Tests.Support;

namespace Late.Hosting.Tests.Connection.Reconnecting;

/// <summary>An attempt at a requested address that a reload interrupts: the next one goes there, with the options that have changed.</summary>
public sealed class ReloadedAttemptTests
{
    private static readonly Uri s_resume = new("ws://one.example/resume");

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("client's request")]
    [InlineData("result")]
    [InlineData("HandleDisconnect")]
    [InlineData("attempt in a session")]
    [InlineData("attempt behind a session")]
    [InlineData("attempt that is taken over")]
    public async Task P10_a_reload_leaves_the_requested_address_of_the_attempt_that_it_interrupts_to_the_next(string kind)
    {
        var request = new LateReconnect { Uri = s_resume, After = TimeSpan.Zero };
        var handler = Replacements.Asking(request);
        var reloaded = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        if (kind == "attempt behind a session")
        {
            handler.Disconnect = async (_, state, _) =>
            {
                await reloaded.Task;
                return LateDisconnectResult.Ok(state);
            };
        }

        if (kind == "HandleDisconnect")
        {
            var ended = 0;
            handler.Disconnect = (_, state, _) => ended++ == 0 ? LateDisconnectResult.Reconnect(state, request) : LateDisconnectResult.Ok(state);
        }

        await using var host = new TestHost(handler, settings: Closes.Settings());
        var session = await host.ReadyAsync();
        var isFirst = kind.StartsWith("attempt", StringComparison.Ordinal);
        if (kind == "result")
        {
            session.Send("reconnect");
        }
        else if (kind == "HandleDisconnect")
        {
            session.Drop();
        }
        else
        {
            await host.Client.ReconnectAsync(isFirst ? new LateReconnect { Uri = s_resume, Order = LateReconnectOrder.ConnectFirst } : request, Token);
        }

        Assert.Equal(s_resume, (await host.Transport.AttemptAsync()).Request.Uri);
        if (kind is "attempt that is taken over" or "attempt behind a session")
        {
            session.Drop();
            await host.StateAsync(kind == "attempt behind a session" ? LateConnectionState.Reconnecting : LateConnectionState.Connecting);
        }

        await Closes.CloseAsync(host, "reload");
        reloaded.SetResult();

        var next = await host.Transport.AttemptAsync();
        Assert.Equal(s_resume, next.Request.Uri);
        next.Accept().Drop();
        await host.NextAttemptAsync();
        Assert.Equal(new Uri("ws://two.example/"), (await host.Transport.AttemptAsync()).Request.Uri);
    }

    [Theory] // Whether the attempt in the session has its address already, or waits for HandleConnecting.
    [InlineData(true)]
    [InlineData(false)]
    public async Task P10_two_reloads_leave_it_its_address_and_the_session_its_close_code(bool hasBegun)
    {
        var completes = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var connecting = 0;
        var handler = Closes.WaitingFor(completes.Task);
        handler.Connecting = async (_, state, cancellationToken) =>
        {
            await (hasBegun || ++connecting != 2 ? Task.CompletedTask : new TaskCompletionSource().Task.WaitAsync(cancellationToken));
            return state;
        };
        await using var host = new TestHost(handler, settings: Closes.Settings());
        var session = await host.ReadyAsync();
        await handler.SkipToAsync("Connecting");
        await host.Client.ReconnectAsync(new LateReconnect { Uri = s_resume, CloseCode = 4000, Order = LateReconnectOrder.ConnectFirst }, Token);
        await handler.SkipToAsync("Connecting");
        if (hasBegun)
        {
            Assert.Equal(s_resume, (await host.Transport.AttemptAsync()).Request.Uri);
        }

        await Closes.CloseAsync(host, "reload");
        await host.StateAsync(LateConnectionState.Reconnecting);
        host.Configuration["Late:Forwarding:Uri"] = "ws://three.example/";
        host.Configuration.Reload();
        completes.SetResult();

        Assert.Equal(hasBegun ? 4000 : 1000, (await session.Closed).Code);
        Assert.Equal(s_resume, (await host.Transport.AttemptAsync()).Request.Uri);
    }

    [Fact]
    public async Task P10_a_reload_does_not_bring_back_an_address_that_a_later_request_has_dropped()
    {
        var (handler, kept) = Replacements.Keeping(new ScriptedHandler());
        await using var host = new TestHost(handler, settings: Closes.Settings());
        var (_, call) = await Replacements.WaitingForCallAsync(host, kept.Task, new LateReconnect { Uri = s_resume, Order = LateReconnectOrder.ConnectFirst });
        Assert.Equal(s_resume, (await host.Transport.AttemptAsync()).Request.Uri);

        await host.Client.ReconnectAsync(new LateReconnect { After = TimeSpan.FromSeconds(5), FinishCalls = true }, Token);
        await Closes.CloseAsync(host, "reload");

        await Assert.ThrowsAnyAsync<LateException>(() => call);
        Assert.Equal(new Uri("ws://two.example/"), (await host.Transport.AttemptAsync()).Request.Uri);
    }

    [Fact]
    public async Task P10_a_client_s_request_that_interrupts_it_has_the_configured_address_also_behind_a_reload()
    {
        await using var host = new TestHost(new ScriptedHandler(), settings: Closes.Settings());
        await host.ReadyAsync();
        await host.Client.ReconnectAsync(new LateReconnect { Uri = s_resume }, Token);
        Assert.Equal(s_resume, (await host.Transport.AttemptAsync()).Request.Uri);

        await host.Client.ReconnectAsync("back", Token);
        Assert.Equal(new Uri("ws://one.example/"), (await host.Transport.AttemptAsync()).Request.Uri);
        await Closes.CloseAsync(host, "reload");

        Assert.Equal(new Uri("ws://two.example/"), (await host.Transport.AttemptAsync()).Request.Uri);
    }

    [Fact]
    public async Task P10_so_it_has_where_the_reload_comes_before_that_attempt_has_ended()
    {
        var (completes, connecting) = (new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously), 0);
        var handler = new ScriptedHandler
        {
            Connecting = async (_, state, cancellationToken) =>
            {
                if (++connecting == 2)
                {
                    await completes.Task;
                    await new TaskCompletionSource().Task.WaitAsync(cancellationToken);
                }

                return state;
            },
        };
        await using var host = new TestHost(handler, settings: Closes.Settings());
        await host.ReadyAsync();
        await handler.SkipToAsync("Connecting");
        await host.Client.ReconnectAsync(new LateReconnect { Uri = s_resume }, Token);
        await handler.SkipToAsync("Connecting");

        await host.Client.ReconnectAsync("back", Token);
        await Closes.CloseAsync(host, "reload");
        completes.SetResult();

        Assert.Equal(new Uri("ws://two.example/"), (await host.Transport.AttemptAsync()).Request.Uri);
    }
}
