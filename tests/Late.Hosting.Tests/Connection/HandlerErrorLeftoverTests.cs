using Late.Hosting.Tests.Support;
using static Late.Hosting.Tests.Connection.Callbacks.Vacancies;
using static Late.Hosting.Tests.Connection.HandlerErrorLives;

namespace Late.Hosting.Tests.Connection;

/// <summary>What a life that an error of the handler has ended leaves to the next, and what it does not.</summary>
public sealed class HandlerErrorLeftoverTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task P4_what_the_old_handler_has_posted_ends_with_it_and_what_the_new_one_posts_runs()
    {
        var lives = 0;
        var handler = Throwing();
        handler.Init = async (_, _) =>
        {
            if (++lives == 2)
            {
                await handler.Client.PostAsync(new Note("of the new Init"), Free, Token);
                handler.Client.PostAfter(TimeSpan.FromSeconds(10), new Note("later, of the new Init"), Free);
            }

            return 0;
        };
        handler.Disconnect = async (_, state, _) =>
        {
            await handler.Client.PostAsync(new Note("of Disconnect"), Token);
            await handler.Client.PostAsync(new Note("of Disconnect, free"), Free, Token);
            handler.Client.PostAfter(TimeSpan.FromSeconds(10), new Note("later, of Disconnect"), Free);
            return LateDisconnectResult.Ok(state);
        };
        handler.Terminate = async (_, _, _) =>
        {
            await handler.Client.PostAsync(new Note("of Terminate"), Free, Token);
            handler.Client.PostAfter(TimeSpan.FromSeconds(10), new Note("later, of Terminate"), Free);
        };
        await using var host = Restarting(handler);
        (await host.ReadyAsync()).Send("bad");
        await ReconnectAsync(host);
        host.Time.Advance(TimeSpan.FromSeconds(10));
        await host.Client.CallAsync(new Ask("last"), Token);

        Assert.Equal(
            ["Info of the new Init", "Connect", "Info later, of the new Init", "Call last"],
            handler.Trace().SkipWhile(static callback => callback != "Info of the new Init"));
        Assert.Equal(3, host.Logs.GetSnapshot().Count(static line => line.Id.Name == "PostDropped"));
    }

    [Fact]
    public async Task P5_P6_a_call_that_the_old_handler_has_taken_fails_and_one_that_waits_waits_for_the_new_one()
    {
        var (ends, lives) = (new TaskCompletionSource(), 0);
        var handler = Throwing();
        handler.Init = (_, _) => new(++lives);
        handler.Call = (request, call, state, _) =>
        {
            if (request.Text != "taken")
            {
                call.Reply($"{request.Text} in {lives}");
            }

            return LateResult.Ok(state);
        };
        handler.Terminate = async (reason, _, _) => await (reason.Kind == LateTerminateKind.HandlerError ? ends.Task : Task.CompletedTask);
        await using var host = Restarting(handler);
        var socket = await host.ReadyAsync();
        var taken = host.Client.CallAsync(new Ask("taken"), Token);
        await handler.SkipToAsync("Call taken");
        socket.Send("bad");
        await handler.SkipToAsync("Terminate HandlerError");
        var waiting = host.Client.CallAsync(new Ask("waits"), Token);
        var free = host.Client.PostAsync(new Note("waits"), Free, Token).AsTask();
        var impatient = host.Client.CallAsync(new Ask("impatient"), new LateCallOptions { WhenNotReady = LateWhenNotReady.Fail }, Token);

        Assert.Equal(LateDelivery.Unknown, (await Assert.ThrowsAsync<LateDisconnectedException>(() => taken)).Delivery);
        Assert.Equal(LateDelivery.NotDelivered, (await Assert.ThrowsAsync<LateDisconnectedException>(() => impatient)).Delivery);
        ends.SetResult();
        await handler.SkipToAsync("Info waits");
        await free;
        await ReconnectAsync(host);
        Assert.Equal("waits in 2", await waiting);
    }

    [Fact]
    public async Task P15_the_next_attempt_of_a_new_life_goes_to_the_configured_address_whatever_the_old_handler_wanted()
    {
        var handler = Throwing();
        handler.Disconnect = (_, state, _) => LateDisconnectResult.Reconnect(state, new LateReconnect { Uri = new Uri("ws://feed.example/resume"), After = TimeSpan.FromSeconds(3) });
        await using var host = Restarting(handler);
        await host.StartAsync();
        (await host.Transport.AcceptAsync()).Send("bad");
        await handler.SkipToAsync("Init");
        await handler.SkipToAsync("Init");
        Assert.Equal(host.Time.GetUtcNow() + TimeSpan.FromSeconds(3), await host.WaitingUntilAsync());
        await host.NextAttemptAsync();

        Assert.Equal(new Uri("ws://feed.example/v2"), (await host.Transport.AttemptAsync()).Request.Uri);
    }

    [Theory] // Whether the client names an address.
    [InlineData("ws://feed.example/other")]
    [InlineData(null)]
    public async Task P15_where_a_client_has_asked_for_a_session_while_the_old_one_closed_it_goes_to_the_address_of_that(string? address)
    {
        var handler = Throwing();
        handler.Disconnect = async (_, state, _) =>
        {
            await handler.Client.ReconnectAsync(new LateReconnect { Uri = address is null ? null : new Uri(address) }, Token);
            return LateDisconnectResult.Reconnect(state, new LateReconnect { Uri = new Uri("ws://feed.example/resume") });
        };
        await using var host = Restarting(handler);
        (await host.ReadyAsync()).Send("bad");

        Assert.Equal(new Uri(address ?? "ws://feed.example/v2"), (await host.Transport.AttemptAsync()).Request.Uri);
    }

    [Fact]
    public async Task P15_where_a_client_s_request_has_closed_the_session_of_the_error_it_goes_to_the_address_of_that()
    {
        var running = new TaskCompletionSource();
        var handler = new ScriptedHandler
        {
            In = async (_, _, _) =>
            {
                await running.Task;
                throw new FormatException();
            },
        };
        await using var host = Restarting(handler);
        (await host.ReadyAsync()).Send("bad");
        await handler.SkipToAsync("In bad");
        await host.Client.ReconnectAsync(new LateReconnect { Uri = new Uri("ws://feed.example/other") }, Token);
        running.SetResult();
        await handler.SkipToAsync("Terminate HandlerError");

        Assert.Equal(new Uri("ws://feed.example/other"), (await host.Transport.AttemptAsync()).Request.Uri);
    }

    [Fact]
    public async Task P3_a_connection_that_the_old_handler_has_prepared_is_not_that_of_the_new_life()
    {
        var handler = Throwing();
        handler.Connecting = static (_, state, _) => new(state);
        await using var host = Restarting(handler);
        var socket = await host.ReadyAsync();
        await host.Client.ReconnectAsync(new LateReconnect { Order = LateReconnectOrder.ConnectFirst, SwitchWhen = LateSwitchWhen.FirstMessage }, Token);
        await host.Transport.AcceptAsync();
        socket.Send("bad");
        await ReconnectAsync(host);

        Assert.Equal(
            ["In bad", "Disconnect HandlerError", "Terminate HandlerError", "Init", "Connecting", "Connect"],
            handler.Trace().SkipWhile(static callback => callback != "In bad"));
    }
}
