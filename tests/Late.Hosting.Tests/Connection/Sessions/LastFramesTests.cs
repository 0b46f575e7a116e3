using Late.Hosting.Tests.Support;
using static Late.Hosting.Tests.Connection.Sessions.Closes;

namespace Late.Hosting.Tests.Connection.Sessions;

/// <summary>
/// What the server sends to a session whose successor is connected already (design §2a: no event that arrived is lost), where a goodbye
/// precedes its close.
/// </summary>
public sealed class LastFramesTests
{
    private static readonly LateReconnect s_connectFirst = new() { Order = LateReconnectOrder.ConnectFirst };

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("reconnect")]
    [InlineData("release")]
    [InlineData("throw")]
    public async Task S2a_a_result_that_would_end_the_session_cuts_off_nothing_that_comes_behind_our_close_frame(string request)
    {
        await using var host = new TestHost(Ending(Goodbye()), static options => options.HandlerErrors = LateHandlerErrorBehavior.Restart);
        var old = await host.ReadyAsync();
        old.AnswersClose = false;
        await host.Client.ReconnectAsync(s_connectFirst, Token);
        await host.Transport.AcceptAsync();
        await old.Closed;

        old.Send(request, "behind it");
        old.Send("a late event");
        old.Close(1000, "");

        await host.Handler.SkipToAsync($"In {request}");
        Assert.Equal("In behind it", await host.Handler.NextAsync());
        Assert.Equal("In a late event", await host.Handler.NextAsync());
        Assert.Equal("Disconnect ReconnectRequested", await host.Handler.NextAsync());
    }

    [Theory]
    [InlineData("reconnect")]
    [InlineData("release")]
    [InlineData("throw")]
    public async Task S2a_a_result_that_releases_a_held_close_cuts_off_nothing_that_comes_behind_it(string request)
    {
        await using var host = new TestHost(Ending(Holding()), static options => options.HandlerErrors = LateHandlerErrorBehavior.Restart);
        var old = await host.ReadyAsync();
        old.AnswersClose = false;
        await host.Client.ReconnectAsync(s_connectFirst, Token);
        await host.Transport.AcceptAsync();
        Assert.Equal("CloseStream", await old.SentAsync());

        old.Send(request, "behind it");
        await old.Closed;
        old.Send(request, "a late event");
        old.Close(1000, "");

        await host.Handler.SkipToAsync("In behind it");
        Assert.Equal($"In {request}", await host.Handler.NextAsync());
        Assert.Equal("In a late event", await host.Handler.NextAsync());
        Assert.Equal("Disconnect ReconnectRequested", await host.Handler.NextAsync());
    }

    [Fact]
    public async Task S2a_a_hold_that_comes_when_the_time_of_the_goodbye_is_over_cuts_off_nothing()
    {
        var goodbye = new TaskCompletionSource();
        var handler = new ScriptedHandler
        {
            Closing = async (_, state, _) =>
            {
                await goodbye.Task;
                return LateResult.Ok(state).HoldClose();
            },
        };
        await using var host = new TestHost(handler);
        var old = await host.ReadyAsync();
        old.AnswersClose = false;
        await host.Client.ReconnectAsync(s_connectFirst, Token);
        await host.Transport.AcceptAsync();
        await handler.SkipToAsync("Closing ReconnectRequested");
        host.Time.Advance(TimeSpan.FromSeconds(4));
        await old.Closed;
        goodbye.SetResult();

        old.Send("a late event");
        await handler.SkipToAsync("In a late event");
        old.Close(1000, "");

        Assert.Equal("Disconnect ReconnectRequested", await handler.NextAsync());
    }

    [Fact]
    public async Task S2a_the_second_in_which_it_is_read_does_not_count_while_nothing_is_read_until_the_handler_has_caught_up()
    {
        await using var host = SlowHost(out var first, out var second);
        var old = await PausedAsync(host, first);
        host.Time.Advance(TimeSpan.FromSeconds(3));
        second.SetResult();
        await host.Handler.SkipToAsync("In last");
        old.Close(1000, "");

        Assert.Equal("Disconnect ReconnectRequested", await host.Handler.NextAsync());
        Assert.DoesNotContain(host.Logs.GetSnapshot(), static record => record.Id.Name == "CloseTimedOut");
    }

    [Fact]
    public async Task P9_it_waits_for_the_handler_for_CloseTimeout_at_most()
    {
        await using var host = SlowHost(out var first, out var second);
        var old = await PausedAsync(host, first);
        host.Time.Advance(TimeSpan.FromSeconds(5));
        await old.Aborted;
        second.SetResult();

        Assert.Equal("Disconnect ReconnectRequested", await host.Handler.NextAsync());
        Assert.Single(host.Logs.GetSnapshot(), static record => record.Id.Name == "CloseTimedOut");
    }

    /// <summary>A host that reads nothing before the handler has caught up: its messages "first" and "second" wait.</summary>
    private static TestHost SlowHost(out TaskCompletionSource first, out TaskCompletionSource second)
    {
        var (one, two) = (first, second) = (new TaskCompletionSource(), new TaskCompletionSource());
        var handler = new ScriptedHandler
        {
            In = async (frame, state, _) =>
            {
                await (frame.GetText() switch
                {
                    "first" => one.Task,
                    "second" => two.Task,
                    _ => Task.CompletedTask,
                });
                return LateResult.Ok(state);
            },
        };
        return new TestHost(handler, static options => options.ReceiveBufferBytes = 1);
    }

    /// <summary>Replaces the session while the first message waits, and waits until the second one does, and the next read for it, behind our close frame.</summary>
    private static async Task<FakeSocket> PausedAsync(TestHost host, TaskCompletionSource first)
    {
        var old = await host.ReadyAsync();
        old.AnswersClose = false;
        await host.Client.ReconnectAsync(s_connectFirst, Token);
        var attempt = await host.Transport.AttemptAsync();
        old.Send("first");
        await host.Handler.SkipToAsync("In first");
        old.Send("second");
        old.Send("last");
        attempt.Accept();
        await host.StateAsync(LateConnectionState.Reconnecting);
        first.SetResult();
        await old.Closed;
        await host.Handler.SkipToAsync("In second");
        await host.Time.TimerAsync(host.Time.GetUtcNow() + TimeSpan.FromSeconds(1));
        var pauses = 0;
        await foreach (var record in host.Logs.GetLogsAsync(Token))
        {
            if (record.Id.Name == "ReadingPaused" && ++pauses == 2)
            {
                break;
            }
        }

        return old;
    }

    /// <summary>A handler that answers what would end its session.</summary>
    private static ScriptedHandler Ending(ScriptedHandler handler)
    {
        handler.In = static (frame, state, _) => frame.GetText() switch
        {
            "reconnect" => LateResult.Reconnect(state),
            "release" => LateResult.Ok(state).ReleaseClose(),
            "throw" => throw new InvalidOperationException("no"),
            _ => LateResult.Ok(state),
        };
        return handler;
    }
}
