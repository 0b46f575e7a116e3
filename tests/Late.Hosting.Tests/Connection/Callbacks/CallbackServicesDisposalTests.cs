using Late.Hosting.Tests.Support;

namespace Late.Hosting.Tests.Connection.Callbacks;

/// <summary>A slow disposal of the services that a callback has used: what does not wait for it, and what is logged.</summary>
public sealed class CallbackServicesDisposalTests : ScopedServicesTest
{
    private readonly TaskCompletionSource _disposal = new();

    public CallbackServicesDisposalTests() => Units.Disposing = () => _disposal.Task;

    [Fact]
    public async Task P18_a_goodbye_leaves_before_the_disposal_of_its_services()
    {
        Handler.Closing = (_, state, _) => LateResult.Send(state + Unit().Number, LateFrame.Text("goodbye"));
        await using var host = Host();
        var socket = await host.ReadyAsync();
        var stop = host.StopAsync(Token);

        Assert.Equal("goodbye", await socket.SentAsync());
        Assert.False(socket.Closed.IsCompleted);
        _disposal.SetResult();
        await stop;
        await socket.Closed;
        await Handler.SkipToAsync("disposed 1");
        Assert.Equal("Disconnect HostStopping", await Handler.NextAsync());
    }

    [Fact]
    public async Task P18_a_goodbye_that_was_sent_is_not_cut_short_by_the_disposal_of_its_services()
    {
        Handler.Closing = (_, state, _) => LateResult.Send(state + Unit().Number, LateFrame.Text("goodbye"));
        await using var host = Host(static options => options.CloseTimeout = TimeSpan.FromSeconds(5));
        var socket = await host.ReadyAsync();
        var stop = host.StopAsync(Token);
        Assert.Equal("goodbye", await socket.SentAsync());
        host.Time.Advance(TimeSpan.FromSeconds(4));
        await socket.Closed;
        _disposal.SetResult();
        await stop;

        Assert.DoesNotContain(host.Logs.GetSnapshot(), static record => record.Id.Name == "GoodbyeCut");
    }

    [Fact]
    public async Task P18_a_goodbye_that_the_server_does_not_read_is_cut_short_in_the_disposal_too()
    {
        Handler.Closing = (_, state, _) => LateResult.Send(state + Unit().Number, LateFrame.Text("goodbye"));
        await using var host = Host(static options => options.CloseTimeout = TimeSpan.FromSeconds(7.5));
        var socket = await host.ReadyAsync();
        socket.Send("a");
        await Handler.SkipToAsync("In a");
        await host.Client.CallAsync(new Ask("what was sent is written"), Token);
        socket.BlockWrites();
        var stop = host.StopAsync(Token);
        await Handler.SkipToAsync("disposing 1");
        host.Time.Advance(TimeSpan.FromSeconds(6));
        await host.Time.TimerAsync(host.Time.GetUtcNow() + TimeSpan.FromSeconds(1.5));
        host.Time.Advance(TimeSpan.FromSeconds(1.5));
        await socket.Aborted;
        _disposal.SetResult();
        await stop;

        Assert.Single(host.Logs.GetSnapshot(), static record => record.Id.Name == "GoodbyeCut");
    }

    [Fact]
    public async Task P1_no_callback_begins_before_the_disposal_has_ended_where_the_flush_meanwhile_throws()
    {
        var host = Host();
        await using var owned = host;
        Units.Disposing = () =>
        {
            // The runner's next step on this thread is the flush.
            var thread = Environment.CurrentManagedThreadId;
            host.Time.Stamping = () =>
            {
                if (thread == Environment.CurrentManagedThreadId)
                {
                    host.Time.Stamping = null;
                    Handler.Write("flush throws");
                    throw new InvalidOperationException("The clock is broken.");
                }
            };
            return _disposal.Task;
        };
        Handler.In = (_, state, _) => LateResult.Send(state + Unit().Number, LateFrame.Text("echo"));
        var socket = await host.ReadyAsync();
        socket.Send("a");
        await Handler.SkipToAsync("flush throws");
        for (var seconds = 0; seconds < 10; seconds++)
        {
            host.Time.Advance(TimeSpan.FromSeconds(1));
            await Task.Yield();
        }

        await host.LoggedAsync("CallbackRunning");
        Assert.Empty(Handler.Trace());
        _disposal.SetResult();

        Assert.Equal("disposed 1", await Handler.NextAsync());
        Assert.Equal("Disconnect ConnectionLost", await Handler.NextAsync());
    }

    [Fact]
    public async Task P9_what_is_logged_of_a_disposal_that_hangs_has_no_advice_about_a_token()
    {
        Handler.In = (_, state, _) => LateResult.Ok(state + Unit().Number);
        await using var host = Host(static options => options.CloseTimeout = TimeSpan.FromSeconds(7));
        var socket = await host.ReadyAsync();
        socket.Send("a");
        await Handler.SkipToAsync("disposing 1");
        host.Time.Advance(TimeSpan.FromSeconds(5));
        host.Time.Advance(TimeSpan.FromSeconds(5));
        await host.LoggedAsync("CallbackRunning");
        await AbandonAsync(host);

        Assert.Equal(
            [
                "Forwarding: the disposal of the services that HandleIn used has been running for 00:00:05; frames, calls and posts wait until it completes. Move long work out of the disposal",
                "Forwarding: stopping waits for the disposal of the services that HandleIn used, for at most 00:00:05",
                "Forwarding: the disposal of the services that HandleIn used did not end in the time of the stop and was abandoned. Limit the time of what the disposal awaits: it has no CancellationToken",
                "Forwarding: HandleTerminate was not run, because the disposal of the services that HandleIn used still runs. Limit the time of what the disposal awaits: it has no CancellationToken",
            ],
            Messages(host, "CallbackRunning", "StopWaits", "CallbackAbandoned", "TerminateSkipped"));
    }

    [Theory]
    [InlineData("callback", "HandleTerminate did not end in the time of the stop and was abandoned. Pass its CancellationToken to what it awaits")]
    [InlineData("services", "the disposal of the services that HandleTerminate used did not end in the time of the stop and was abandoned. Limit the time of what the disposal awaits: it has no CancellationToken")]
    [InlineData("handler", "the disposal of the handler did not end in the time of the stop and was abandoned. Limit the time of what the disposal awaits: it has no CancellationToken")]
    public async Task P9_the_last_that_hangs_is_named(string hanging, string message)
    {
        Units.Disposing = () => hanging == "services" ? _disposal.Task : Task.CompletedTask;
        Handler.Disposing = () =>
        {
            Handler.Write("disposing the handler");
            return hanging == "handler" ? _disposal.Task : Task.CompletedTask;
        };
        Handler.Terminate = async (_, _, _) =>
        {
            Unit();
            await (hanging == "callback" ? _disposal.Task : Task.CompletedTask);
        };
        await using var host = Host();
        await host.ReadyAsync();
        var stop = host.StopAsync(Token);
        await Handler.SkipToAsync(hanging switch
        {
            "callback" => "Terminate HostStopping",
            "services" => "disposing 1",
            _ => "disposing the handler",
        });
        host.Time.Advance(TimeSpan.FromSeconds(5));
        await stop;

        Assert.Equal([$"Forwarding: {message}"], Messages(host, "TerminateTimedOut", "CallbackAbandoned"));
    }

    /// <summary>The first message of each event.</summary>
    private static IEnumerable<string> Messages(TestHost host, params string[] events) => events.SelectMany(name =>
        host.Logs.GetSnapshot().Where(record => record.Id.Name == name).Take(1)).Select(static record => record.Message);
}
