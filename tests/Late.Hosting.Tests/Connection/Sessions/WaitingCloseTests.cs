using Late.Hosting.Tests.Support;

namespace Late.Hosting.Tests.Connection.Sessions;

/// <summary>A close of ours that waits for the callback that runs (promises P9 and P18), and what comes meanwhile.</summary>
public sealed class WaitingCloseTests
{
    private static readonly TimeSpan s_grace = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan s_goodbye = TimeSpan.FromSeconds(4);
    private static readonly TimeSpan s_keepAlive = TimeSpan.FromSeconds(20);

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task P9_P18_a_stop_that_comes_meanwhile_cancels_the_callback_after_CallbackGracePeriod_and_the_goodbye_follows()
    {
        await using var host = new TestHost(Handler());
        var socket = await host.ReadyAsync();
        await BeginCloseAsync(host, socket);

        await StopAsync(host);

        Assert.Equal("bye", await socket.SentAsync());
        Assert.Equal((1000, ""), await socket.Closed);
        Assert.Equal(["Closing ReconnectRequested", "Disconnect ReconnectRequested", "Terminate HostStopping"], host.Handler.Trace());
    }

    [Fact]
    public async Task P11_P18_a_server_that_is_gone_meanwhile_receives_no_goodbye()
    {
        await using var host = new TestHost(Handler());
        var socket = await host.ReadyAsync();
        await BeginCloseAsync(host, socket);
        host.Time.Advance(s_keepAlive);
        host.Time.Advance(s_keepAlive);

        await StopAsync(host);

        Assert.Equal(["Disconnect ReconnectRequested", "Terminate HostStopping"], host.Handler.Trace());
    }

    [Fact]
    public async Task P9_the_hosts_limit_ends_the_wait_for_the_last_frames_behind_a_goodbye_that_was_cut_short()
    {
        var goodbye = new TaskCompletionSource();
        var handler = Closes.WaitingFor(goodbye.Task);
        await using var host = new TestHost(handler);
        var socket = await host.ReadyAsync();
        socket.AnswersClose = false;
        var begun = host.Time.GetUtcNow();
        await host.Client.ReconnectAsync(new LateReconnect { Order = LateReconnectOrder.ConnectFirst }, Token);
        await host.Transport.AcceptAsync();
        await host.Time.TimerAsync(begun + s_goodbye);
        host.Time.Advance(s_goodbye);
        await socket.Closed;
        using var limit = new CancellationTokenSource();
        var stop = host.StopAsync(limit.Token);

        await limit.CancelAsync();

        await stop;

        Assert.Equal(LateConnectionState.Stopped, host.Client.State);
        await socket.Aborted;
        goodbye.SetResult();
    }

    [Fact]
    public async Task P9_the_hosts_limit_ends_the_wait_for_the_last_frames_where_a_read_waits_for_a_callback()
    {
        var running = new TaskCompletionSource();
        var handler = new ScriptedHandler
        {
            In = async (_, state, _) =>
            {
                await running.Task;
                return LateResult.Ok(state);
            },
        };
        await using var host = new TestHost(handler, static options => options.ReceiveBufferBytes = 1);
        var socket = await host.ReadyAsync();
        socket.AnswersClose = false;
        await host.Client.ReconnectAsync(new LateReconnect { Order = LateReconnectOrder.ConnectFirst }, Token);
        await host.Transport.AcceptAsync();
        await socket.Closed;
        socket.Send("1");
        await handler.SkipToAsync("In 1");
        socket.Send("2");
        await host.LoggedAsync("ReadingPaused");
        using var limit = new CancellationTokenSource();
        var stop = host.StopAsync(limit.Token);

        await limit.CancelAsync();
        await stop;

        Assert.Equal(LateConnectionState.Stopped, host.Client.State);
        running.SetResult();
    }

    /// <summary>A handler whose callback of a frame ends only when it is canceled.</summary>
    private static ScriptedHandler Handler() => new()
    {
        In = static async (_, state, cancellationToken) =>
        {
            await new TaskCompletionSource().Task.WaitAsync(cancellationToken);
            return LateResult.Ok(state);
        },
        Closing = static (_, state, _) => LateResult.Send(state, LateFrame.Text("bye")),
    };

    /// <summary>Stops the host; the callback takes all of the time that it has.</summary>
    private static async Task StopAsync(TestHost host)
    {
        var begun = host.Time.GetUtcNow();
        var stop = host.StopAsync(Token);
        await host.Time.TimerAsync(begun + s_grace);
        host.Time.Advance(s_grace);
        await stop;
    }

    private static async Task BeginCloseAsync(TestHost host, FakeSocket socket)
    {
        socket.Send("1");
        await host.Handler.SkipToAsync("In 1");
        await host.Client.ReconnectAsync("", Token);
        await host.StateAsync(LateConnectionState.Reconnecting);
    }
}
