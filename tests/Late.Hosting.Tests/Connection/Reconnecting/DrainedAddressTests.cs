using Late.Hosting.Tests.Connection.Sessions;
using Late.Hosting.Tests.Support;
using static Late.Hosting.Tests.Connection.Reconnecting.Replacements;

namespace Late.Hosting.Tests.Connection.Reconnecting;

/// <summary>A session that waits for its calls before it closes for another address, and that something else ends first.</summary>
public sealed class DrainedAddressTests
{
    private static readonly Uri s_resume = new("ws://one.example/resume");

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("request")]
    [InlineData("delayed request")]
    [InlineData("result")]
    [InlineData("reload")]
    [InlineData("lost")]
    [InlineData("server's close")]
    public async Task P10_the_close_code_and_the_address_of_the_next_attempt_are_those_that_were_requested(string first)
    {
        var (handler, kept) = Keeping(Asking(new LateReconnect { After = TimeSpan.Zero }));
        await using var host = new TestHost(handler, settings: Closes.Settings());
        var (old, call) = await WaitingForCallAsync(host, kept.Task, new LateReconnect { FinishCalls = true, CloseCode = 4000, Uri = s_resume });

        await EndAsync(host, old, first);

        await Assert.ThrowsAnyAsync<LateException>(() => call);
        if (first is "lost" or "server's close")
        {
            // Their reason is not a request: the backoff decides.
            await host.NextAttemptAsync();
        }
        else
        {
            Assert.Equal(4000, (await old.Closed).Code);
        }

        Assert.Equal(s_resume, (await host.Transport.AttemptAsync()).Request.Uri);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task P10_a_reload_keeps_the_address_that_was_requested_while_its_attempt_is_waited_for(bool isByHandler)
    {
        var request = new LateReconnect { After = TimeSpan.FromMinutes(1), Uri = s_resume };
        await using var host = new TestHost(Asking(request), settings: Closes.Settings());
        var old = await host.ReadyAsync();
        if (isByHandler)
        {
            old.Send("reconnect");
        }
        else
        {
            await host.Client.ReconnectAsync(request, Token);
        }

        await host.WaitingUntilAsync();
        await Closes.CloseAsync(host, "reload");

        Assert.Equal(s_resume, (await host.Transport.AttemptAsync()).Request.Uri);
    }

    [Theory]
    [InlineData("lost", 30)]
    [InlineData("request", 0)]
    [InlineData("result", 30)]
    public async Task P10_a_delay_that_was_requested_is_kept_unless_a_client_requests_another_session(string first, int seconds)
    {
        var (handler, kept) = Keeping(Asking(new LateReconnect()));
        await using var host = new TestHost(handler);
        var (old, call) = await WaitingForCallAsync(host, kept.Task, new LateReconnect { FinishCalls = true, After = TimeSpan.FromSeconds(30) });

        await EndAsync(host, old, first);

        await Assert.ThrowsAsync<LateDisconnectedException>(() => call);
        if (seconds > 0)
        {
            Assert.Equal(host.Time.GetUtcNow().AddSeconds(seconds), await host.WaitingUntilAsync());
            await host.NextAttemptAsync();
        }

        Assert.Equal(Configured, (await host.Transport.AttemptAsync()).Request.Uri);
    }

    private static async Task EndAsync(TestHost host, FakeSocket session, string first)
    {
        switch (first)
        {
            case "result":
                session.Send("reconnect");
                break;
            case "delayed request":
                await host.Client.ReconnectAsync(new LateReconnect { After = TimeSpan.Zero }, Token);
                break;
            case "lost":
                session.Drop();
                break;
            case "server's close":
                session.Close(1001, "");
                break;
            default:
                await Closes.CloseAsync(host, first);
                break;
        }
    }
}
