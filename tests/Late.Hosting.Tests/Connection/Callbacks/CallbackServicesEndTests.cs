using Late.Hosting.Tests.Support;
using Microsoft.Extensions.DependencyInjection;

namespace Late.Hosting.Tests.Connection.Callbacks;

/// <summary>The scopes of callbacks where a session, a connection or a life ends, and their use where no callback runs.</summary>
public sealed class CallbackServicesEndTests : ScopedServicesTest
{
    [Fact]
    public async Task P9_a_callback_that_is_abandoned_keeps_its_scope_until_it_completes()
    {
        var hold = new TaskCompletionSource();
        Handler.Info = async (_, state, _) =>
        {
            Unit();
            await hold.Task;
            Handler.Write($"still uses {Unit().Number}");
            return LateResult.Ok(state);
        };
        await using var host = Host(static options => options.CloseTimeout = TimeSpan.FromSeconds(7));
        await host.ReadyAsync();
        await host.Client.PostAsync(new Note("a"), Token);
        await Handler.SkipToAsync("Info a");
        await AbandonAsync(host);

        Assert.Contains(host.Logs.GetSnapshot(), static record => record.Id.Name == "CallbackAbandoned");
        Assert.Empty(Handler.Trace());
        hold.SetResult();
        Assert.Equal("still uses 1", await Handler.NextAsync());
        Assert.Equal("disposing 1", await Handler.NextAsync());
        Assert.Equal("disposed 1", await Handler.NextAsync());
    }

    [Fact]
    public async Task P9_a_callback_that_a_stop_cancels_disposes_its_scope_before_HandleDisconnect()
    {
        Handler.Info = async (_, state, token) =>
        {
            Unit();
            await Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, token);
            return LateResult.Ok(state);
        };
        await using var host = Host();
        await host.ReadyAsync();
        await host.Client.PostAsync(new Note("a"), Token);
        await Handler.SkipToAsync("Info a");
        var stop = host.StopAsync(Token);
        host.Time.Advance(TimeSpan.FromSeconds(5));
        await stop;

        Assert.Equal(["disposing 1", "disposed 1", "Disconnect HostStopping", "Terminate HostStopping"], Handler.Trace());
    }

    [Fact]
    public async Task P3_a_scope_is_disposed_before_HandleDisconnect_where_the_connection_is_lost_meanwhile()
    {
        var resume = new TaskCompletionSource();
        Handler.In = async (_, state, _) =>
        {
            Unit();
            await resume.Task;
            return LateResult.Ok(state);
        };
        await using var host = Host();
        var socket = await host.ReadyAsync();
        socket.Send("a");
        await Handler.SkipToAsync("In a");
        socket.Drop();
        await host.StateAsync(LateConnectionState.Reconnecting);
        resume.SetResult();

        Assert.Equal("disposing 1", await Handler.NextAsync());
        Assert.Equal("disposed 1", await Handler.NextAsync());
        Assert.Equal("Disconnect ConnectionLost", await Handler.NextAsync());
    }

    [Fact]
    public async Task P15_theContext_of_an_earlier_life_has_the_services_of_the_callback_that_runs()
    {
        LateContext? first = null;
        Handler.Init = (context, _) =>
        {
            first ??= context;
            return new(0);
        };
        Handler.In = (frame, state, _) =>
        {
            Assert.Same(first!.CallbackServices, Context.CallbackServices);
            return frame.GetText() == "fault" ? LateResult.Fault(state, "it is broken") : LateResult.Ok(state + Unit().Number);
        };
        await using var host = Host(static options => options.OnFault = LateFaultBehavior.StayFaulted);
        var socket = await host.ReadyAsync();
        socket.Send("fault");
        await host.StateAsync(LateConnectionState.Faulted);
        await host.Client.ReconnectAsync("a new life", Token);
        socket = await host.Transport.AcceptAsync();
        socket.Send("again");

        await Handler.SkipToAsync("In again");
        await Handler.SkipToAsync("disposed 1");
        Assert.NotSame(first, Context);
    }

    [Fact]
    public async Task Where_no_callback_runs_its_use_is_an_error_with_advice()
    {
        Task<InvalidOperationException>? left = null;
        var hasEnded = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        InvalidOperationException? hook = null;
        InvalidOperationException? disposed = null;
        Handler.In = (_, state, _) =>
        {
            left = Task.Run(async () =>
            {
                await hasEnded.Task;
                return Assert.ThrowsAny<InvalidOperationException>(() => Context.CallbackServices);
            }, Token);
            return LateResult.Ok(state);
        };
        Handler.Disposed = () => disposed = Assert.ThrowsAny<InvalidOperationException>(() => Context.CallbackServices);
        await using var host = Host(null, connection => connection.ConfigureHandshake((_, _) =>
        {
            hook = Assert.ThrowsAny<InvalidOperationException>(() => Context.CallbackServices);
            return default;
        }));
        var socket = await host.ReadyAsync();
        socket.Send("a");
        await Handler.SkipToAsync("In a");
        await host.Client.CallAsync(new Ask("b"), Token);
        var outside = Assert.ThrowsAny<InvalidOperationException>(() => Context.CallbackServices);
        await host.StopAsync(Token);
        hasEnded.SetResult();

        Assert.Equal(
            "CallbackServices of connection 'Forwarding' was used where none of its callbacks runs: its scope is that of a callback. Use it inside a callback, or create a scope with IServiceScopeFactory.",
            outside.Message);
        Assert.All([hook!.Message, disposed!.Message, (await left!).Message], message => Assert.Equal(outside.Message, message));
        Assert.Equal(0, Units.Opened);
    }

    [Fact]
    public async Task A_callback_of_another_connection_has_nothing_of_it()
    {
        await using var other = Host();
        await other.ReadyAsync();
        var script = new ScriptedHandler();
        var thrown = new TaskCompletionSource<InvalidOperationException>();
        script.In = (_, state, _) =>
        {
            thrown.SetResult(Assert.ThrowsAny<InvalidOperationException>(() => Context.CallbackServices));
            return LateResult.Ok(state);
        };
        await using var host = new TestHost(script);
        var socket = await host.ReadyAsync();
        socket.Send("a");

        Assert.Contains("none of its callbacks runs", (await thrown.Task.WaitAsync(Token)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void AContext_without_a_connection_has_the_services_that_it_was_given()
    {
        using var provider = new ServiceCollection().BuildServiceProvider();

        Assert.Same(provider, new LateContext("Own", new LateConnectionOptions(), TimeProvider.System) { CallbackServices = provider }.CallbackServices);
        var error = Assert.Throws<InvalidOperationException>(() => new LateContext("Own", new LateConnectionOptions(), TimeProvider.System).CallbackServices);
        Assert.Equal("The context 'Own' was made without a connection, and has no services. Set CallbackServices where the context is made.", error.Message);
    }
}
