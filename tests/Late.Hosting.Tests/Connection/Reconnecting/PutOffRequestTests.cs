using Late.Hosting.Tests.Support;
using static Late.Hosting.Tests.Connection.Reconnecting.Replacements;

namespace Late.Hosting.Tests.Connection.Reconnecting;

/// <summary>A request that was put off to the session that a connection becomes which is made already, where that does not come to it.</summary>
public sealed class PutOffRequestTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task P10_where_HandleDisconnect_wants_a_delay_a_client_s_request_that_was_put_off_is_done_immediately(bool hasAddress)
    {
        var handler = new ScriptedHandler { Disconnect = static (_, state, _) => LateDisconnectResult.ReconnectAfter(state, TimeSpan.FromHours(1)) };
        await using var host = new TestHost(handler);
        var (old, next) = await ReplacedAsync(host);
        await host.Client.ReconnectAsync(new LateReconnect { Uri = hasAddress ? Elsewhere : null }, Token);
        End(old);

        await next.Aborted;
        Assert.Equal(hasAddress ? Elsewhere : Configured, (await host.Transport.AttemptAsync()).Request.Uri);
    }

    [Theory] // A later request adds to one that was put off, whether its own comes while HandleConnect runs or before.
    [InlineData(true)]
    [InlineData(false)]
    public async Task P10_a_later_request_comes_to_the_address_of_one_that_was_put_off_and_has_its_delay(bool isInSession)
    {
        var (connected, running) = (0, new TaskCompletionSource());
        var handler = new ScriptedHandler
        {
            Connect = async (state, _) =>
            {
                await (++connected == 2 && isInSession ? running.Task : Task.CompletedTask);
                return LateResult.Ok(state);
            },
        };
        await using var host = new TestHost(handler);
        var (old, next) = await ReplacedAsync(host);
        await host.Client.ReconnectAsync(new LateReconnect { Uri = Elsewhere }, Token);
        var later = new LateReconnect { Reason = "later", After = TimeSpan.FromSeconds(3), CloseCode = 4001 };
        if (isInSession)
        {
            End(old);
            await handler.SkipToAsync("Disconnect ReconnectRequested");
            await handler.SkipToAsync("Connect");
            await host.Client.ReconnectAsync(later, Token);
            running.SetResult();
        }
        else
        {
            await host.Client.ReconnectAsync(later, Token);
            End(old);
        }

        Assert.Equal((4001, "later"), await next.Closed);
        Assert.Equal(host.Time.GetUtcNow() + TimeSpan.FromSeconds(3), await host.WaitingUntilAsync());
        await host.NextAttemptAsync();
        Assert.Equal((Elsewhere, 3), ((await host.Transport.AttemptAsync()).Request.Uri, host.Transport.Count));
    }

    [Fact]
    public async Task P10_where_HandleConnect_throws_a_client_s_request_that_was_put_off_is_done_immediately()
    {
        var connected = 0;
        var handler = new ScriptedHandler { Connect = (state, _) => ++connected == 2 ? throw new FormatException() : LateResult.Ok(state) };
        await using var host = new TestHost(handler);
        var (old, _) = await ReplacedAsync(host);
        await host.Client.ReconnectAsync(new LateReconnect { Uri = Elsewhere }, Token);
        End(old);

        Assert.Equal(Elsewhere, (await host.Transport.AttemptAsync()).Request.Uri);
    }

    [Fact] // A client's request without a delay has none.
    public async Task P10_a_later_request_while_the_session_of_one_that_was_put_off_ends_comes_to_its_address_immediately()
    {
        var connected = 0;
        var handler = new ScriptedHandler { Connect = (state, _) => ++connected == 2 ? throw new FormatException() : LateResult.Ok(state) };
        await using var host = new TestHost(handler);
        var (old, next) = await ReplacedAsync(host);
        next.AnswersClose = false;
        await host.Client.ReconnectAsync(new LateReconnect { Uri = Elsewhere, After = TimeSpan.FromSeconds(3) }, Token);
        End(old);
        Assert.Equal(LateCloseCode.InternalError, (await next.Closed).Code);

        await host.Client.ReconnectAsync("now", Token);
        next.Close(1000, "");

        Assert.Equal(Elsewhere, (await host.Transport.AttemptAsync()).Request.Uri);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task P15_a_client_s_request_that_was_put_off_begins_a_life_after_a_fault(bool hasAddress)
    {
        var handler = Asking(new LateReconnect());
        var asks = handler.In;
        handler.In = (frame, state, token) => frame.GetText() == "fault" ? LateResult.Fault(state, "enough") : asks(frame, state, token);
        await using var host = new TestHost(handler);
        var (old, next) = await ReplacedAsync(host);
        await host.Client.ReconnectAsync(new LateReconnect { Uri = hasAddress ? Elsewhere : null }, Token);
        old.Send("fault");
        old.Close(1000, "");

        await next.Aborted;
        Assert.Equal(hasAddress ? Elsewhere : Configured, (await host.Transport.AttemptAsync()).Request.Uri);
        await handler.SkipToAsync("Terminate Faulted");
        Assert.Equal("Init", await handler.NextAsync());
    }
}
