using Late.Hosting.Tests.Connection.Sessions;
using Late.Hosting.Tests.Support;

namespace Late.Hosting.Tests.Connection.Reconnecting;

/// <summary>An attempt at a requested address that a reload interrupts: the next one goes there, with the options that have changed.</summary>
public sealed class ReloadedAttemptTests
{
    private static readonly Uri s_resume = new("ws://one.example/resume");

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("client's request")]
    [InlineData("result")]
    [InlineData("HandleDisconnect")]
    [InlineData("attempt in a session")]
    [InlineData("attempt that is taken over")]
    public async Task P10_a_reload_leaves_the_requested_address_of_the_attempt_that_it_interrupts_to_the_next(string kind)
    {
        var request = new LateReconnect { Uri = s_resume, After = TimeSpan.Zero };
        var handler = Replacements.Asking(request);
        if (kind == "HandleDisconnect")
        {
            var ended = 0;
            handler.Disconnect = (_, state, _) => ended++ == 0 ? LateDisconnectResult.Reconnect(state, request) : LateDisconnectResult.Ok(state);
        }

        await using var host = new TestHost(handler, settings: Closes.Settings());
        var session = await host.ReadyAsync();
        var isFirst = kind.StartsWith("attempt", StringComparison.Ordinal);
        if (kind == "result")
        {
            session.Send("reconnect");
        }
        else if (kind == "HandleDisconnect")
        {
            session.Drop();
        }
        else
        {
            await host.Client.ReconnectAsync(isFirst ? new LateReconnect { Uri = s_resume, Order = LateReconnectOrder.ConnectFirst } : request, Token);
        }

        Assert.Equal(s_resume, (await host.Transport.AttemptAsync()).Request.Uri);
        if (kind == "attempt that is taken over")
        {
            session.Drop();
            await host.StateAsync(LateConnectionState.Connecting);
        }

        await Closes.CloseAsync(host, "reload");

        var next = await host.Transport.AttemptAsync();
        Assert.Equal(s_resume, next.Request.Uri);
        next.Accept().Drop();
        await host.NextAttemptAsync();
        Assert.Equal(new Uri("ws://two.example/"), (await host.Transport.AttemptAsync()).Request.Uri);
    }

    [Fact]
    public async Task P10_a_client_s_request_that_interrupts_it_has_the_configured_address_also_behind_a_reload()
    {
        await using var host = new TestHost(new ScriptedHandler(), settings: Closes.Settings());
        await host.ReadyAsync();
        await host.Client.ReconnectAsync(new LateReconnect { Uri = s_resume }, Token);
        Assert.Equal(s_resume, (await host.Transport.AttemptAsync()).Request.Uri);

        await host.Client.ReconnectAsync("back", Token);
        Assert.Equal(new Uri("ws://one.example/"), (await host.Transport.AttemptAsync()).Request.Uri);
        await Closes.CloseAsync(host, "reload");

        Assert.Equal(new Uri("ws://two.example/"), (await host.Transport.AttemptAsync()).Request.Uri);
    }
}
