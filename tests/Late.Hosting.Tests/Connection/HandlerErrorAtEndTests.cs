using Late.Hosting.Tests.Connection.Sessions;
using Late.Hosting.Tests.Support;
using static Late.Hosting.Tests.Connection.HandlerErrorLives;

namespace Late.Hosting.Tests.Connection;

/// <summary>A new life after an error of the handler (promise P2, <c>HandlerErrors = Restart</c>) whose session ends already, for another reason.</summary>
public sealed class HandlerErrorAtEndTests
{
    private readonly List<LateTerminateReason> _reasons = [];

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task P2_an_error_while_the_close_is_held_begins_a_new_life()
    {
        var handler = Noting(Closes.Holding());
        await using var host = Restarting(handler);
        var socket = await host.ReadyAsync();
        await host.Client.ReconnectAsync("", Token);
        Assert.Equal("CloseStream", await socket.SentAsync());
        socket.Send("bad");
        await handler.SkipToAsync("In bad");
        await host.Transport.AcceptAsync();
        await host.Client.WaitForReadyAsync(Token);

        Assert.Equal(["Disconnect ReconnectRequested", "Terminate HandlerError", "Init", "Connect"], handler.Trace());
        Assert.Equal("HandleIn threw FormatException.", Assert.Single(_reasons).Description);
        Assert.IsType<FormatException>(_reasons[0].Exception);
    }

    [Fact] // What is left is handled, and the connection that was made for the last handler is not the next one's.
    public async Task P2_an_error_in_the_last_frames_of_a_replaced_session_begins_a_new_life()
    {
        var handler = Noting(new ScriptedHandler());
        await using var host = Restarting(handler);
        var old = await host.ReadyAsync();
        old.AnswersClose = false;
        await host.Client.ReconnectAsync(new LateReconnect { Order = LateReconnectOrder.ConnectFirst }, Token);
        var next = await host.Transport.AcceptAsync();
        await old.Closed;
        old.Send("bad", "behind it");
        old.Close(1000, "");
        await handler.SkipToAsync("In bad");
        await next.Aborted.WaitAsync(Token);
        await host.Transport.AcceptAsync();
        await host.Client.WaitForReadyAsync(Token);

        Assert.Equal(["In behind it", "Disconnect ReconnectRequested", "Terminate HandlerError", "Init", "Connect"], handler.Trace());
        Assert.Equal("HandleIn threw FormatException.", Assert.Single(_reasons).Description);
    }

    [Fact]
    public async Task P2_an_error_behind_the_close_of_the_server_begins_a_new_life()
    {
        var running = new TaskCompletionSource();
        var handler = Noting(new ScriptedHandler(), running.Task);
        await using var host = Restarting(handler);
        var socket = await host.ReadyAsync();
        socket.Send("bad");
        await handler.SkipToAsync("In bad");
        socket.Close(1001, "");
        await socket.ClosedByServer;
        await host.StateAsync(LateConnectionState.Reconnecting);
        running.SetResult();
        await ReconnectAsync(host);

        Assert.Equal(["Disconnect ClosedByServer", "Terminate HandlerError", "Init", "Connect"], handler.Trace());
    }

    [Fact]
    public async Task P2_an_error_of_HandleConnect_while_its_session_closes_begins_a_new_life()
    {
        var running = new TaskCompletionSource();
        var connected = 0;
        var handler = Noting(new ScriptedHandler
        {
            Connect = async (state, _) =>
            {
                if (++connected == 1)
                {
                    await running.Task;
                    throw new FormatException();
                }

                return LateResult.Ok(state);
            },
        });
        await using var host = Restarting(handler);
        await host.StartAsync();
        await host.Transport.AcceptAsync();
        await handler.SkipToAsync("Connect");
        await host.Client.ReconnectAsync("", Token);
        running.SetResult();
        await host.Transport.AcceptAsync();
        await host.Client.WaitForReadyAsync(Token);

        Assert.Equal(["Disconnect ReconnectRequested", "Terminate HandlerError", "Init", "Connect"], handler.Trace());
        Assert.Equal("HandleConnect threw FormatException.", Assert.Single(_reasons).Description);
    }

    [Fact]
    public async Task P2_a_HandleConnect_that_ends_with_its_session_is_no_error()
    {
        var handler = Noting(EndingWithItsFirstSession());
        await using var host = Restarting(handler);
        await host.StartAsync();
        await host.Transport.AcceptAsync();
        await handler.SkipToAsync("Connect");
        await host.Client.ReconnectAsync("", Token);
        await host.Transport.AcceptAsync();
        await host.Client.WaitForReadyAsync(Token);

        Assert.Equal(["Disconnect ReconnectRequested", "Connect"], handler.Trace());
    }

    [Theory] // Also where every error of the handler stops the connection.
    [InlineData(true)]
    [InlineData(false)]
    public async Task P2_a_HandleConnect_that_ends_with_its_session_does_not_stop_the_connection(bool isByServer)
    {
        var handler = EndingWithItsFirstSession();
        await using var host = new TestHost(handler, static options => options.HandlerErrors = LateHandlerErrorBehavior.Stop);
        await host.StartAsync();
        var socket = await host.Transport.AcceptAsync();
        await handler.SkipToAsync("Connect");
        if (isByServer)
        {
            socket.Close(1000, "");
            await host.NextAttemptAsync();
        }
        else
        {
            await host.Client.ReconnectAsync("", Token);
        }

        await host.Transport.AcceptAsync();
        await host.Client.WaitForReadyAsync(Token);
    }

    [Fact]
    public async Task P9_no_life_follows_an_error_while_a_stop_is_held()
    {
        var handler = Noting(Closes.Holding());
        await using var host = Restarting(handler);
        var socket = await host.ReadyAsync();
        var stop = host.StopAsync(Token);
        Assert.Equal("CloseStream", await socket.SentAsync());
        socket.Send("bad");
        await stop;

        Assert.Equal(["In bad", "Disconnect HostStopping", "Terminate HostStopping"], handler.Trace()[^3..]);
    }

    /// <summary>Its first <c>HandleConnect</c> ends when its session does.</summary>
    private static ScriptedHandler EndingWithItsFirstSession()
    {
        var connected = 0;
        return new ScriptedHandler
        {
            Connect = async (state, token) =>
            {
                await (++connected == 1 ? Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, token) : Task.CompletedTask);
                return LateResult.Ok(state);
            },
        };
    }

    /// <summary>The message "bad" is an error, and what ends a life is noted.</summary>
    private ScriptedHandler Noting(ScriptedHandler handler, Task? running = null)
    {
        handler.In = async (frame, state, _) =>
        {
            await (running ?? Task.CompletedTask);
            return frame.GetText() == "bad" ? throw new FormatException() : LateResult.Ok(state);
        };
        handler.Terminate = (reason, _, _) =>
        {
            _reasons.Add(reason);
            return default;
        };
        return handler;
    }
}
