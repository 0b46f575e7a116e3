using Late.Hosting.Tests.Connection.Sessions;
using Late.Hosting.Tests.Support;
using static Late.Hosting.Tests.Connection.Reconnecting.Replacements;

namespace Late.Hosting.Tests.Connection.Reconnecting;

/// <summary>A rotation that is due while the session closes, or is being replaced, for another reason.</summary>
public sealed class RotationDuringCloseTests
{
    private static readonly TimeSpan s_hour = TimeSpan.FromHours(1);
    private static readonly TimeSpan s_rest = TimeSpan.FromSeconds(2);

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(LateReconnectOrder.CloseFirst)]
    [InlineData(LateReconnectOrder.ConnectFirst)]
    public async Task P18_while_a_close_is_held_it_changes_nothing(LateReconnectOrder order)
    {
        var handler = Closes.Holding();
        handler.In = static (frame, state, _) => frame.GetText() == "last" ? LateResult.Ok(state).ReleaseClose() : LateResult.Ok(state);
        await using var host = Host(handler, order);
        var socket = await host.ReadyAsync();
        host.Time.Advance(s_hour - s_rest);
        await host.Client.ReconnectAsync(new LateReconnect { Reason = "wanted", CloseCode = 4001 }, Token);
        Assert.Equal("CloseStream", await socket.SentAsync());

        host.Time.Advance(s_rest);
        socket.Send("event", "last");

        Assert.Equal((4001, "wanted"), await socket.Closed);
        await host.Transport.AcceptAsync();
        await host.Client.WaitForReadyAsync(Token);
        Assert.Equal(["Closing ReconnectRequested", "In event", "In last", "Disconnect ReconnectRequested", "Connect"], handler.Trace()[^5..]);
        Assert.Equal(2, host.Transport.Count);
    }

    [Theory]
    [InlineData(LateReconnectOrder.CloseFirst)]
    [InlineData(LateReconnectOrder.ConnectFirst)]
    public async Task P9_while_a_stop_holds_the_close_it_makes_no_connection(LateReconnectOrder order)
    {
        var handler = Closes.Holding();
        handler.In = static (_, state, _) => LateResult.Ok(state).ReleaseClose();
        await using var host = Host(handler, order);
        var socket = await host.ReadyAsync();
        host.Time.Advance(s_hour - s_rest);
        var stop = host.StopAsync(Token);
        Assert.Equal("CloseStream", await socket.SentAsync());

        host.Time.Advance(s_rest);
        socket.Send("last");
        await stop;

        Assert.Equal(["Closing HostStopping", "In last", "Disconnect HostStopping", "Terminate HostStopping"], handler.Trace()[^4..]);
        Assert.Equal(1, host.Transport.Count);
    }

    [Fact] // One connection replaces the session, for both.
    public async Task S2a_while_a_connection_is_made_for_a_request_it_makes_no_other()
    {
        await using var host = Host(new ScriptedHandler(), LateReconnectOrder.ConnectFirst);
        var old = await host.ReadyAsync();
        host.Time.Advance(s_hour - s_rest);
        await host.Client.ReconnectAsync(new LateReconnect { Reason = "moved", Uri = Elsewhere, Order = LateReconnectOrder.ConnectFirst }, Token);
        var attempt = await host.Transport.AttemptAsync();
        host.Time.Advance(s_rest);
        attempt.Accept();

        Assert.Equal((1000, "moved"), await old.Closed);
        await host.Client.WaitForReadyAsync(Token);
        Assert.Equal(["Init", "Connect", "Disconnect ReconnectRequested", "Connect"], host.Handler.Trace());
        Assert.Equal(2, host.Transport.Count);
    }

    [Fact]
    public async Task S2a_an_address_that_is_requested_while_it_connects_is_that_behind_its_connection()
    {
        await using var host = Host(new ScriptedHandler(), LateReconnectOrder.ConnectFirst);
        await host.ReadyAsync();
        host.Time.Advance(s_hour);
        var attempt = await host.Transport.AttemptAsync();
        await host.Client.ReconnectAsync(new LateReconnect { Reason = "moved", Uri = Elsewhere, Order = LateReconnectOrder.ConnectFirst, CloseCode = 4000 }, Token);
        var next = attempt.Accept();
        next.Send("hello");

        var second = await host.Transport.AttemptAsync();
        Assert.Equal((Configured, Elsewhere, 3), (attempt.Request.Uri, second.Request.Uri, host.Transport.Count));
        second.Accept();
        Assert.Equal((4000, "moved"), await next.Closed);
        await host.Handler.SkipToAsync("Disconnect Rotated");
        Assert.Equal(["Connect", "In hello", "Disconnect ReconnectRequested"], [await host.Handler.NextAsync(), await host.Handler.NextAsync(), await host.Handler.NextAsync()]);
    }

    private static TestHost Host(ScriptedHandler handler, LateReconnectOrder order) => new(handler, options =>
    {
        (options.Rotation.MaxSessionLifetime, options.Rotation.Jitter, options.Rotation.Order) = (s_hour, TimeSpan.Zero, order);
        options.AllowSilence();
    });
}
