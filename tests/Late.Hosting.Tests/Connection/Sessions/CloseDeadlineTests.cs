using Late.Hosting.Tests.Support;
using Microsoft.Extensions.DependencyInjection;
using static Late.Hosting.Tests.Connection.Sessions.Closes;

namespace Late.Hosting.Tests.Connection.Sessions;

/// <summary>Promise P9: the one deadline of goodbye, held close and handshake.</summary>
public sealed class CloseDeadlineTests
{
    private static readonly TimeSpan s_goodbye = TimeSpan.FromSeconds(4);

    private static readonly TimeSpan s_handshake = TimeSpan.FromSeconds(1);

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task P9_a_server_that_never_answers_costs_CloseTimeout_and_no_more()
    {
        await using var host = new TestHost(Holding());
        using var probe = new MetricProbe(host, LateTelemetry.GoodbyesCut);
        var socket = await host.ReadyAsync();
        socket.AnswersClose = false;
        var begun = host.Time.GetUtcNow();
        var stop = host.StopAsync(Token);
        Assert.Equal("CloseStream", await socket.SentAsync());

        await host.Time.TimerAsync(begun + s_goodbye);
        host.Time.Advance(s_goodbye);
        Assert.Equal((1000, ""), await socket.Closed);
        Assert.False(stop.IsCompleted);
        await host.Time.TimerAsync(begun + s_goodbye + s_handshake);
        host.Time.Advance(s_handshake);
        await stop;

        Assert.True(socket.Aborted.IsCompleted);
        Assert.Contains(host.Logs.GetSnapshot(), static record => record.Id.Name == "GoodbyeCut");
        Assert.Equal(["1"], probe.Of(LateTelemetry.GoodbyesCut));
        Assert.Equal(1, host.Services.GetRequiredService<ILateConnectionDirectory>().GetConnections()[0].GetStatistics().GoodbyesCut);
    }

    [Fact]
    public async Task P9_a_goodbye_that_obeys_its_token_ends_with_its_time()
    {
        var handler = new ScriptedHandler
        {
            Closing = static async (_, state, token) =>
            {
                await Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, token);
                return LateResult.Ok(state);
            },
        };
        await using var host = new TestHost(handler);
        var socket = await host.ReadyAsync();
        var begun = host.Time.GetUtcNow();
        await host.Client.ReconnectAsync("", Token);
        await host.Time.TimerAsync(begun + s_goodbye);

        host.Time.Advance(s_goodbye);
        Assert.Equal((1000, ""), await socket.Closed);
        await host.Transport.AcceptAsync();
        await host.Client.WaitForReadyAsync(Token);

        Assert.Equal(["Init", "Connect", "Closing ReconnectRequested", "Disconnect ReconnectRequested", "Connect"], host.Handler.Trace());
        Assert.DoesNotContain(host.Logs.GetSnapshot(), static record => record.Id.Name == "CallbackThrew");
        Assert.Contains(host.Logs.GetSnapshot(), static record => record.Id.Name == "GoodbyeCut");
    }

    [Fact]
    public async Task P1_P9_a_goodbye_that_ignores_its_token_keeps_neither_the_close_frame_nor_calls_but_HandleDisconnect()
    {
        var goodbye = new TaskCompletionSource();
        var handler = new ScriptedHandler
        {
            Call = static (_, _, state, _) => LateResult.Ok(state),
            Closing = async (_, state, _) =>
            {
                await goodbye.Task;
                return LateResult.Send(state, LateFrame.Text("too late"));
            },
        };
        await using var host = new TestHost(handler);
        var socket = await host.ReadyAsync();
        var call = host.Client.CallAsync(new Ask("kept"), new LateCallOptions { Timeout = Timeout.InfiniteTimeSpan }, Token);
        await host.Handler.SkipToAsync("Call kept");
        var begun = host.Time.GetUtcNow();
        await host.Client.ReconnectAsync("", Token);
        await host.Time.TimerAsync(begun + s_goodbye);

        host.Time.Advance(s_goodbye);
        Assert.Equal((1000, ""), await socket.Closed);
        await Assert.ThrowsAsync<LateDisconnectedException>(() => call);
        Assert.Equal(["Closing ReconnectRequested"], host.Handler.Trace());
        goodbye.SetResult();

        Assert.Equal("Disconnect ReconnectRequested", await host.Handler.NextAsync());
        Assert.False(socket.TrySent(out _));
    }

    [Fact]
    public async Task P9_the_hosts_limit_cuts_a_held_close()
    {
        await using var host = new TestHost(Holding());
        var socket = await host.ReadyAsync();
        using var limit = new CancellationTokenSource();
        var stop = host.StopAsync(limit.Token);
        Assert.Equal("CloseStream", await socket.SentAsync());

        await limit.CancelAsync();
        await stop;

        Assert.Equal(LateConnectionState.Stopped, host.Client.State);
        Assert.Equal(["Disconnect HostStopping", "Terminate HostStopping"], host.Handler.Trace()[^2..]);
        Assert.Contains(host.Logs.GetSnapshot(), static record => record.Id.Name == "GoodbyeCut");
        Assert.DoesNotContain(host.Logs.GetSnapshot(), static record => record.Id.Name == "CallbackAbandoned");
    }

    [Fact]
    public async Task P9_a_blocked_socket_cuts_the_goodbye_short_and_costs_CloseTimeout()
    {
        var handler = new ScriptedHandler { Closing = static (_, state, _) => LateResult.Send(state, LateFrame.Text("bye")) };
        await using var host = new TestHost(handler, options => options.SendTimeout = TimeSpan.FromHours(1));
        using var probe = new MetricProbe(host, LateTelemetry.GoodbyesCut);
        var socket = await host.ReadyAsync();
        var begun = host.Time.GetUtcNow();
        socket.BlockWrites();
        var stop = host.StopAsync(Token);
        await host.Handler.SkipToAsync("Closing HostStopping");
        await host.Time.TimerAsync(begun + TimeSpan.FromHours(1));

        host.Time.Advance(s_goodbye + s_handshake);
        await stop;

        Assert.Contains(host.Logs.GetSnapshot(), static record => record.Id.Name == "GoodbyeCut");
        Assert.Equal(["1"], probe.Of(LateTelemetry.GoodbyesCut));
    }

    [Fact]
    public async Task P9_a_frame_that_is_handled_while_the_close_is_held_has_the_time_of_the_close()
    {
        var token = CancellationToken.None;
        var hold = new TaskCompletionSource();
        var handler = Holding();
        handler.In = async (_, state, cancellation) =>
        {
            token = cancellation;
            await hold.Task;
            return LateResult.Ok(state).ReleaseClose();
        };
        await using var host = new TestHost(handler, options => (options.CallbackGracePeriod, options.CloseTimeout) = (TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(20)));
        var socket = await host.ReadyAsync();
        var begun = host.Time.GetUtcNow();
        var stop = host.StopAsync(Token);
        Assert.Equal("CloseStream", await socket.SentAsync());
        socket.Send("transcript");
        await host.Handler.SkipToAsync("In transcript");
        await host.Time.TimerAsync(begun + TimeSpan.FromSeconds(1));

        host.Time.Advance(TimeSpan.FromSeconds(15));
        Assert.False(token.IsCancellationRequested);
        hold.SetResult();
        await stop;

        Assert.DoesNotContain(host.Logs.GetSnapshot(), static record => record.Id.Name is "GoodbyeCut" or "CallbackAbandoned");
    }

    [Fact]
    public async Task P9_where_the_callback_before_it_used_up_the_time_the_goodbye_is_sent_and_nothing_is_held()
    {
        var running = new TaskCompletionSource();
        var handler = Holding();
        handler.In = async (_, state, _) =>
        {
            await running.Task;
            return LateResult.Ok(state);
        };
        await using var host = new TestHost(handler);
        var socket = await host.ReadyAsync();
        socket.Send("question");
        await host.Handler.SkipToAsync("In question");
        var begun = host.Time.GetUtcNow();
        var stop = host.StopAsync(Token);
        await host.StateAsync(LateConnectionState.Stopping);
        await host.Time.TimerAsync(begun + TimeSpan.FromSeconds(10));

        host.Time.Advance(TimeSpan.FromSeconds(9));
        running.SetResult();
        await stop;

        Assert.Equal("CloseStream", await socket.SentAsync());
        Assert.Equal((1000, ""), await socket.Closed);
        Assert.Contains(host.Logs.GetSnapshot(), static record => record.Id.Name == "GoodbyeCut");
    }
}
