using Late.Hosting.Tests.Support;
using static Late.Hosting.Tests.Connection.Sessions.Closes;

namespace Late.Hosting.Tests.Connection.Sessions;

/// <summary>Promise P18: what the result of <c>HandleClosing</c> can specify.</summary>
public sealed class GoodbyeResultTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task P18_P2_what_it_throws_is_logged_and_the_session_closes()
    {
        var handler = new ScriptedHandler { Closing = static (_, _, _) => throw new InvalidOperationException("no") };
        await using var host = new TestHost(handler);
        var socket = await host.ReadyAsync();

        await host.StopAsync(Token);

        Assert.Equal((1000, ""), await socket.Closed);
        Assert.Contains(host.Logs.GetSnapshot(), static record => record.Id.Name == "CallbackThrew" && record.Message.Contains("HandleClosing", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("stop")]
    [InlineData("reconnect")]
    [InlineData("fault")]
    [InlineData("hold calls")]
    public async Task P18_a_result_that_asks_for_what_cannot_follow_is_an_error_of_which_nothing_is_applied(string misuse)
    {
        var handler = new ScriptedHandler
        {
            Closing = (_, state, _) =>
            {
                var bye = LateResult.Send(state, LateFrame.Text("bye"));
                return misuse switch
                {
                    "stop" => bye.ThenStop(),
                    "reconnect" => bye.ThenReconnect(),
                    "fault" => bye.ThenFault("no"),
                    _ => bye.HoldCalls(),
                };
            },
        };
        await using var host = new TestHost(handler);
        var socket = await host.ReadyAsync();

        await host.StopAsync(Token);

        Assert.False(socket.TrySent(out _));
        Assert.Contains(host.Logs.GetSnapshot(), static record => record.Exception is { } error && error.ToString().Contains("MisuseException", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("hold")]
    [InlineData("code")]
    public async Task P18_only_its_result_can_hold_the_close_or_choose_its_code(string misuse)
    {
        var handler = Goodbye();
        handler.Call = (_, call, state, _) =>
        {
            var result = LateResult.Ok(state);
            return misuse == "hold" ? result.HoldClose() : result.CloseWith(4001, "");
        };
        await using var host = new TestHost(handler);
        await host.ReadyAsync();

        var error = await Assert.ThrowsAnyAsync<InvalidOperationException>(() => host.Client.CallAsync(new Ask("x"), Token));

        Assert.Contains("belong to the result of HandleClosing", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void P18_a_code_that_may_not_stand_in_a_close_frame_is_refused() =>
        Assert.Throws<ArgumentOutOfRangeException>(static () => LateResult.Ok(0).CloseWith(1006));

    [Fact]
    public async Task P18_a_release_where_nothing_is_held_changes_nothing()
    {
        var handler = Goodbye();
        handler.Call = static (request, call, state, _) =>
        {
            call.Reply(request.Text);
            return LateResult.Ok(state).ReleaseClose();
        };
        await using var host = new TestHost(handler);
        await host.ReadyAsync();

        Assert.Equal("x", await host.Client.CallAsync(new Ask("x"), Token));
        Assert.Equal(LateConnectionState.Ready, host.Client.State);
    }

    [Fact]
    public async Task P18_its_frames_pass_the_send_limit_and_count_and_what_waits_for_the_limit_is_not_sent()
    {
        var handler = Goodbye();
        await using var host = new TestHost(handler, options => (options.SendLimit.Frames, options.SendLimit.Window) = (1, TimeSpan.FromHours(1)));
        var socket = await host.ReadyAsync();
        await host.Client.SendAsync(LateFrame.Text("first"), Token);
        var waiting = host.Client.SendAsync(LateFrame.Text("second"), Token).AsTask();
        await host.Client.CallAsync(new Ask("behind it"), Token);

        await host.Client.ReconnectAsync("", Token);

        Assert.Equal(["first", "bye"], [await socket.SentAsync(), await socket.SentAsync()]);
        Assert.Equal(LateDelivery.NotDelivered, (await Assert.ThrowsAsync<LateDisconnectedException>(() => waiting)).Delivery);
        var next = await host.Transport.AcceptAsync();
        await host.Client.WaitForReadyAsync(Token);
        host.Time.Advance(TimeSpan.FromHours(1) - TimeSpan.FromSeconds(1));
        var later = host.Client.SendAsync(LateFrame.Text("third"), Token).AsTask();
        await host.Client.CallAsync(new Ask("behind it"), Token);
        Assert.False(later.IsCompleted);
        host.Time.Advance(TimeSpan.FromSeconds(1));
        await later;
        Assert.Equal("third", await next.SentAsync());
    }
}
