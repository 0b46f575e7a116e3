using System.Net;
using Late.Hosting.Tests.Support;
using Microsoft.Extensions.DependencyInjection;

namespace Late.Hosting.Tests.Connection.Reconnecting;

/// <summary>A connection that was to replace an open session, and cannot: the session continues, and its handler is notified.</summary>
public sealed class RefusedSwitchTests
{
    private static readonly LateReconnect s_whenItSpeaks = new() { Order = LateReconnectOrder.ConnectFirst, SwitchWhen = LateSwitchWhen.FirstMessage };

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task P10_a_next_connection_that_does_not_speak_within_ReadyTimeout_counts_as_refused_and_the_handler_is_notified()
    {
        await using var host = new TestHost(Asking(new LateReconnect { Reason = "moved", Order = LateReconnectOrder.ConnectFirst, SwitchWhen = LateSwitchWhen.FirstMessage }), options => options.ReadyTimeout = TimeSpan.FromSeconds(7));
        var old = await host.ReadyAsync();

        // The clock of the session itself is as long.
        host.Time.Advance(TimeSpan.FromSeconds(1));
        old.Send("reconnect");
        var next = await host.Transport.AcceptAsync();
        await host.Time.TimerAsync(host.Time.GetUtcNow() + TimeSpan.FromSeconds(7));
        host.Time.Advance(TimeSpan.FromSeconds(7));

        await host.Handler.SkipToAsync(
            "ReconnectFailed moved: Connection 'Forwarding' received no first message on the next connection within ReadyTimeout (00:00:07). Check that the server speaks first, or use LateSwitchWhen.Upgraded.");
        await next.Aborted;
        Assert.Equal(LateConnectionState.Ready, host.Client.State);
        Assert.False(old.Closed.IsCompleted);
    }

    [Fact]
    public async Task A_next_connection_that_is_refused_leaves_the_session_and_the_handler_is_notified()
    {
        await using var host = new TestHost(Asking(new LateReconnect { Reason = "moved", Order = LateReconnectOrder.ConnectFirst }));
        using var probe = new MetricProbe(host, LateTelemetry.SwitchesRefused);
        var old = await host.ReadyAsync();
        old.Send("reconnect");
        (await host.Transport.AttemptAsync()).Refuse(HttpStatusCode.Forbidden);

        await host.Handler.SkipToAsync("ReconnectFailed moved: Connection 'Forwarding' could not connect: it was refused with Forbidden.");
        Assert.Equal(LateConnectionState.Ready, host.Client.State);
        Assert.Single(host.Logs.GetSnapshot(), static record => record.Id.Name == "ReconnectFailed");
        Assert.False(old.Closed.IsCompleted);
        Assert.Equal(["1"], probe.Of(LateTelemetry.SwitchesRefused));
        Assert.Equal(1, host.Services.GetRequiredService<ILateConnectionDirectory>().GetConnections()[0].GetStatistics().SwitchesRefused);
    }

    [Fact]
    public async Task P10_Previous_has_a_next_connection_that_did_not_speak()
    {
        var previous = new List<LateSessionOutcome?>();
        var handler = new ScriptedHandler
        {
            Connecting = (handshake, state, _) =>
            {
                previous.Add(handshake.Previous);
                return new(state);
            },
        };
        await using var host = new TestHost(handler, static options => options.ReadyTimeout = TimeSpan.FromSeconds(7));
        await ReadyAndRefusedAsync(host);

        await host.Client.ReconnectAsync(s_whenItSpeaks, Token);
        await host.Transport.AttemptAsync();

        Assert.Equal([null, null], previous[..2]);
        Assert.Contains("received no first message", previous[2]!.Description, StringComparison.Ordinal);
    }

    [Fact]
    public async Task P10_a_next_connection_that_does_not_speak_moves_on_to_the_next_address()
    {
        var other = new Uri("ws://second.example/");
        await using var host = new TestHost(configure: options =>
        {
            options.ReadyTimeout = TimeSpan.FromSeconds(7);
            options.Uris.Add(other);
        });
        await ReadyAndRefusedAsync(host);

        await host.Client.ReconnectAsync(s_whenItSpeaks, Token);

        Assert.Equal(other, (await host.Transport.AttemptAsync()).Request.Uri);
    }

    /// <summary>A handler that answers the message "reconnect" with a request.</summary>
    private static ScriptedHandler Asking(LateReconnect request) => new()
    {
        In = (frame, state, _) => frame.GetText() == "reconnect" ? LateResult.Reconnect(state, request) : LateResult.Ok(state),
    };

    /// <summary>Opens a session, whose next connection does not speak within a ReadyTimeout of 7 seconds.</summary>
    private static async Task ReadyAndRefusedAsync(TestHost host)
    {
        await host.ReadyAsync();
        host.Time.Advance(TimeSpan.FromSeconds(1));
        await host.Client.ReconnectAsync(s_whenItSpeaks, Token);
        await host.Transport.AcceptAsync();
        await host.Time.TimerAsync(host.Time.GetUtcNow() + TimeSpan.FromSeconds(7));
        host.Time.Advance(TimeSpan.FromSeconds(7));
        await host.LoggedAsync("ReconnectFailed");
    }
}
