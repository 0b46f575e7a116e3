using Late.Hosting.Tests.Support;
using static Late.Hosting.Tests.Connection.Callbacks.Vacancies;

namespace Late.Hosting.Tests.Connection.Callbacks;

/// <summary>What begins behind a post that needs no session, where the connection closes or stops meanwhile.</summary>
public sealed class VacancyOrderTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task P18_one_that_was_due_when_the_close_began_waits_for_the_end_of_the_held_close()
    {
        var hold = new TaskCompletionSource();
        var handler = new ScriptedHandler
        {
            Closing = (_, state, _) => LateResult.Ok(state).HoldClose(),
            Info = async (note, state, _) =>
            {
                await (note.Text == "1" ? hold.Task : Task.CompletedTask);
                return LateResult.Ok(state);
            },
        };
        handler.In = async (frame, state, _) =>
        {
            if (frame.GetText() == "last")
            {
                return LateResult.Ok(state).ReleaseClose();
            }

            // Both are due in the gap behind this frame.
            await handler.Client.PostAsync(new Note("1"), Free, Token);
            await handler.Client.PostAsync(new Note("2"), Free, Token);
            return LateResult.Ok(state);
        };
        await using var host = new TestHost(handler);
        var socket = await host.ReadyAsync();
        handler.Trace();
        socket.Send("first");
        Assert.Equal(["In first", "Info 1"], [await handler.NextAsync(), await handler.NextAsync()]);
        await host.Client.ReconnectAsync("now", Token);
        hold.SetResult();
        Assert.Equal("Closing ReconnectRequested", await handler.NextAsync());
        socket.Send("last");

        Assert.Equal(
            ["In last", "Disconnect ReconnectRequested", "Info 2"],
            [await handler.NextAsync(), await handler.NextAsync(), await handler.NextAsync()]);
    }

    [Fact]
    public async Task P3_a_session_that_has_waited_for_it_until_it_was_abandoned_has_no_HandleDisconnect()
    {
        var hold = new TaskCompletionSource();
        var handler = Blocked(hold);
        await using var host = new TestHost(handler);
        await host.StartAsync();
        var attempt = await host.Transport.AttemptAsync();
        handler.Trace();
        await PostAsync(host, "blocks");
        attempt.Accept();
        await host.StateAsync(LateConnectionState.Connected);
        using var limit = new CancellationTokenSource();
        var stopping = host.StopAsync(limit.Token);
        await host.StateAsync(LateConnectionState.Stopping);
        await limit.CancelAsync();
        await stopping;

        hold.SetResult();
        Assert.Empty(handler.Trace());
    }

    [Fact]
    public async Task P9_HandleConnecting_does_not_begin_behind_it_where_the_connection_stops()
    {
        var hold = new TaskCompletionSource();
        var handler = Blocked(hold);
        handler.Connecting = static (_, state, _) => new(state);
        await using var host = new TestHost(handler);
        await VacantAsync(host, isConnecting: false);
        handler.Trace();
        await PostAsync(host, "blocks");
        await host.NextAttemptAsync();
        await host.StateAsync(LateConnectionState.Connecting);
        var stopping = host.StopAsync(Token);

        // Logged when the attempt is canceled.
        await host.LoggedAsync("StopWaits");
        hold.SetResult();
        await stopping;

        Assert.Equal(["Terminate HostStopping"], handler.Trace());
    }
}
