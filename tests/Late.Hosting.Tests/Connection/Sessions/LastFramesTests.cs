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
