using System.Net;
using Late.Hosting.Connection.Lifecycle;
using Late.Hosting.Connection.Mailboxes;
using Late.Hosting.Tests.Connection.Lifecycle;
using Late.Hosting.Tests.Connection.Sessions;
using Late.Hosting.Tests.Support;

namespace Late.Hosting.Tests.Connection.Reconnecting;

/// <summary>Promise P10: an address that is requested is that of the next attempt of its life.</summary>
public sealed class RequestedAddressTests
{
    private static readonly Uri s_configured = new("ws://feed.example/v2");
    private static readonly Uri s_resume = new("ws://feed.example/resume");
    private static readonly Uri s_other = new("ws://feed.example/other");

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task P15_an_address_that_HandleDisconnect_requests_after_a_fault_is_not_that_of_the_next_life()
    {
        var handler = new ScriptedHandler
        {
            In = static (_, state, _) => LateResult.Fault(state, "enough"),
            Disconnect = static (_, state, _) => LateDisconnectResult.Reconnect(state, new LateReconnect { Uri = s_resume }),
        };
        await using var host = new TestHost(handler, static options => options.OnFault = LateFaultBehavior.Restart);
        (await host.ReadyAsync()).Send("a");
        var at = await host.NextLifeDueAsync();
        await host.Time.TimerAsync(at);

        host.Time.Advance(at - host.Time.GetUtcNow());

        Assert.Equal(s_configured, (await host.Transport.AttemptAsync()).Request.Uri);
    }

    [Fact]
    public async Task P15_it_is_not_where_a_new_life_was_requested_before_the_last_had_ended()
    {
        var handler = new ScriptedHandler { In = static (_, state, _) => LateResult.Fault(state, "enough") };
        handler.Disconnect = async (_, state, _) =>
        {
            await handler.Client.ReconnectAsync("", Token);
            return LateDisconnectResult.Reconnect(state, new LateReconnect { Uri = s_resume });
        };
        await using var host = new TestHost(handler);
        (await host.ReadyAsync()).Send("a");

        Assert.Equal(s_configured, (await host.Transport.AttemptAsync()).Request.Uri);
    }

    [Fact]
    public void P15_one_that_a_client_has_asked_for_before_the_first_attempt_is_no_address_of_the_handler()
    {
        var lifecycle = new ConnectionLifecycle("Test", new ObservedTime(), new WorkQueues(), SessionEnd.HostStopping);
        var session = new TestSession(0);
        lifecycle.Start();
        lifecycle.BeginAttempt("Attempt 1.", 1);
        lifecycle.Open(session, "Open.");
        lifecycle.EndByHandler(session, SessionEnd.FromHandler(NextStep.Reconnect, 1000, "", null) with { HasUriOfHandler = true });
        lifecycle.Leave(session, ConnectionFailure.Stopped);
        lifecycle.EndLife();
        lifecycle.StandBy("It waits.");

        lifecycle.RequestReconnect(SessionEnd.Requested(new LateReconnect { Uri = s_resume }));
        lifecycle.Start();
        lifecycle.BeginAttempt("Attempt 1.", 1);
        lifecycle.FailAttempt("It failed.");
        Assert.True(lifecycle.EndLife().HasHappened);

        Assert.Equal(s_resume, lifecycle.TakeNextUri());
    }

    [Fact]
    public void P10_a_request_behind_a_reload_that_interrupts_an_attempt_that_has_just_connected_decides()
    {
        var (lifecycle, session, candidate) = Lost();
        lifecycle.Leave(session, ConnectionFailure.Stopped);
        lifecycle.Adopt();
        Assert.Null(lifecycle.TakeNextUri());
        lifecycle.BeginAttempt("Attempt 2.", 2);

        lifecycle.RequestReconnect(SessionEnd.Changed("Headers"));
        lifecycle.Prepare(session, candidate);
        lifecycle.RequestReconnect(SessionEnd.Requested(new LateReconnect { Uri = s_other }));
        lifecycle.FailAttempt("It was interrupted.");

        Assert.Equal(s_other, lifecycle.TakeNextUri());
    }

    [Fact]
    public void P10_the_address_of_an_attempt_that_has_failed_before_a_reload_is_not_that_of_the_next()
    {
        var (lifecycle, session, candidate) = Lost();
        candidate.Fail(new LateConnectException("Test", "It is refused."));
        lifecycle.RefuseCandidate(session, candidate);

        lifecycle.RequestReconnect(SessionEnd.Changed("Headers"));

        Assert.Null(lifecycle.TakeNextUri());
    }

    [Fact]
    public void P10_the_address_of_a_result_behind_a_reload_is_that_of_the_next_attempt()
    {
        var (lifecycle, session, _) = Lost();
        lifecycle.RequestReconnect(SessionEnd.Changed("Headers"));

        lifecycle.EndByHandler(session, SessionEnd.FromHandler(NextStep.Reconnect, 1000, "", null) with { Uri = s_other });

        Assert.Equal(s_other, lifecycle.TakeNextUri());
    }

    [Fact]
    public void P10_an_attempt_that_a_request_interrupts_leaves_the_address_of_that_request_to_the_next()
    {
        var lifecycle = new ConnectionLifecycle("Test", new ObservedTime(), new WorkQueues(), SessionEnd.HostStopping);
        lifecycle.Start();
        lifecycle.BeginAttempt("Attempt 1.", 1);
        lifecycle.FailAttempt("It failed.");
        var request = lifecycle.RequestReconnect(SessionEnd.Requested(new LateReconnect { Uri = s_resume }));

        // The attempt that was due at the same moment; its token is canceled next.
        Assert.Equal(s_resume, lifecycle.TakeNextUri());
        request.Interrupted!.Cancel();
        lifecycle.RenewInterruption(out _, out _);

        Assert.Equal(s_resume, lifecycle.TakeNextUri());
        Assert.Null(lifecycle.TakeNextUri());
    }

    [Theory] // Whether the life ends by a fault, or by an error of the handler.
    [InlineData(true, true)]
    [InlineData(true, false)]
    [InlineData(false, true)]
    [InlineData(false, false)]
    public void P15_an_address_of_the_handler_that_a_reload_has_kept_ends_with_the_life_of_that(bool isFault, bool isByHandler)
    {
        var lifecycle = new ConnectionLifecycle("Test", new ObservedTime(), new WorkQueues(), SessionEnd.HostStopping, static _ => true);
        lifecycle.Start();
        lifecycle.BeginAttempt("Attempt 1.", 1);
        lifecycle.FailAttempt("It failed.");
        var request = SessionEnd.Requested(new LateReconnect { Uri = s_resume }) with { IsByHandler = isByHandler, HasUriOfHandler = isByHandler };
        lifecycle.EndWithoutSession(request).Interrupted!.Cancel();
        lifecycle.RenewInterruption(out _, out _);

        // A reload, which is not carried out before the life ends.
        lifecycle.RequestReconnect(SessionEnd.Changed("Headers"));
        Assert.True((isFault ? lifecycle.Fault("It failed.", null) : lifecycle.EndLife()).HasHappened);

        Assert.Equal(isByHandler ? null : s_resume, lifecycle.TakeNextUri());
    }

    [Fact]
    public async Task P10_an_address_that_is_requested_while_a_session_closes_for_another_reason_is_that_of_the_next_attempt()
    {
        var goodbye = new TaskCompletionSource();
        var handler = Closes.WaitingFor(goodbye.Task);
        await using var host = new TestHost(handler);
        await host.ReadyAsync();
        await host.Client.ReconnectAsync("first", Token);
        await handler.SkipToAsync("Closing ReconnectRequested");

        await host.Client.ReconnectAsync(new LateReconnect { Reason = "second", Uri = s_resume }, Token);
        goodbye.SetResult();

        Assert.Equal(s_resume, (await host.Transport.AttemptAsync()).Request.Uri);
    }

    [Theory] // Whether the later request has an address.
    [InlineData(true)]
    [InlineData(false)]
    public async Task P10_an_address_that_a_lost_session_was_to_be_replaced_at_gives_way_to_a_request_that_came_since(bool hasAddress)
    {
        var completes = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var handler = Connecting(2, completes.Task);
        handler.Disconnect = async (_, state, _) =>
        {
            await handler.Client.ReconnectAsync(new LateReconnect { Uri = hasAddress ? s_other : null }, Token);
            return LateDisconnectResult.Ok(state);
        };
        await using var host = new TestHost(handler);
        var socket = await host.ReadyAsync();
        await handler.SkipToAsync("Connect");
        await host.Client.ReconnectAsync(First(s_resume), Token);
        await LoseAsync(host, socket, completes);

        Assert.Equal(hasAddress ? s_other : s_configured, (await host.Transport.AttemptAsync()).Request.Uri);
    }

    [Theory] // Whether it is the address that was refused.
    [InlineData(true)]
    [InlineData(false)]
    public async Task P10_an_address_of_a_request_that_has_waited_for_one_that_was_refused_is_that_of_the_attempt_that_follows_a_loss(bool isSame)
    {
        var completes = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var handler = Connecting(3, completes.Task);
        await using var host = new TestHost(handler);
        var socket = await host.ReadyAsync();
        await handler.SkipToAsync("Connect");
        await host.Client.ReconnectAsync(First(s_resume), Token);
        var refused = await host.Transport.AttemptAsync();
        await host.Client.ReconnectAsync(First(isSame ? s_resume : s_other), Token);
        await handler.SkipToAsync("Connecting");
        refused.Refuse(HttpStatusCode.ServiceUnavailable);
        await LoseAsync(host, socket, completes);
        await host.NextAttemptAsync();

        Assert.Equal(isSame ? s_resume : s_other, (await host.Transport.AttemptAsync()).Request.Uri);
    }

    /// <summary>A session that is lost, while an attempt to replace it is in progress at the address that was requested.</summary>
    private static (ConnectionLifecycle Lifecycle, TestSession Session, Candidate Candidate) Lost()
    {
        var lifecycle = new ConnectionLifecycle("Test", new ObservedTime(), new WorkQueues(), SessionEnd.HostStopping);
        var (session, candidate) = (new TestSession(0), new Candidate { Request = SessionEnd.Requested(new LateReconnect { Uri = s_resume }) });
        lifecycle.Start();
        lifecycle.BeginAttempt("Attempt 1.", 1);
        lifecycle.Open(session, "Open.");
        lifecycle.Detach(session, candidate);
        lifecycle.End(session, SessionEnd.Lost("Lost.", null));
        return (lifecycle, session, candidate);
    }

    private static LateReconnect First(Uri address) => new() { Uri = address, Order = LateReconnectOrder.ConnectFirst };

    /// <summary>A handler of which one HandleConnecting waits.</summary>
    private static ScriptedHandler Connecting(int which, Task end)
    {
        var begun = 0;
        return new ScriptedHandler
        {
            Connecting = async (_, state, _) =>
            {
                await (++begun == which ? end : Task.CompletedTask);
                return state;
            },
        };
    }

    /// <summary>Loses the session while the next HandleConnecting runs, which then completes.</summary>
    private static async Task LoseAsync(TestHost host, FakeSocket socket, TaskCompletionSource connecting)
    {
        await host.Handler.SkipToAsync("Connecting");
        socket.Drop();
        await host.StateAsync(LateConnectionState.Reconnecting);
        connecting.SetResult();
    }
}
