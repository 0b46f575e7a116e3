using Late.Hosting.Leases.Tests.Support;
using Late.Hosting.Testing;

namespace Late.Hosting.Leases.Tests;

/// <summary>Promise P21 where a lease is not renewed: the store hangs, fails, comes late or refuses.</summary>
public sealed class LostLeaseTests
{
    private readonly LateTestClock _clock = new();
    private readonly MemoryStore _store;

    public LostLeaseTests() => _store = new MemoryStore(_clock);

    public enum Fault
    {
        Hangs,
        Throws,
        BlocksItsThread,
    }

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(Fault.Hangs)]
    [InlineData(Fault.Throws)]
    [InlineData(Fault.BlocksItsThread)]
    public async Task P18_A_lease_that_cannot_be_renewed_ends_early_with_a_goodbye(Fault fault)
    {
        await using var host = new LeasedHost(_store, _clock);
        var session = await host.ReadyAsync();
        using var unblocked = new ManualResetEventSlim();
        Break(fault, unblocked);
        var lost = host.StateAsync(LateConnectionState.Reconnecting);

        _clock.Advance(TimeSpan.FromSeconds(11.9));
        session.Send("a");
        await session.ExpectAsync("re a");
        _clock.Advance(TimeSpan.FromSeconds(0.1));
        await session.ExpectAsync("bye");
        await session.ExpectCloseAsync(LateCloseCode.NormalClosure);
        await host.Trace.ExpectAsync("Closing LeaseLost", "Disconnect LeaseLost", "Terminate LeaseLost");
        await host.StateAsync(LateConnectionState.Standby);
        Assert.StartsWith("The lease 'feed' ends early.", (await lost).Reason, StringComparison.Ordinal);
        await host.LoggedAsync("LeaseYielded");
        unblocked.Set();
    }

    [Fact]
    public async Task P21_When_the_store_answers_again_the_next_life_begins_with_a_new_token()
    {
        await using var host = new LeasedHost(_store, _clock);
        var session = await host.ReadyAsync();
        var asked = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        _store.Before = (request, _) =>
        {
            if (request.Operation == "Acquire")
            {
                asked.TrySetResult();
            }

            throw new IOException("The store is away.");
        };
        _clock.Advance(TimeSpan.FromSeconds(12));
        await session.ExpectCloseAsync();
        await asked.Task;
        await _clock.WaitForTimerAsync(TimeSpan.FromSeconds(0.9));
        Assert.Equal(LateConnectionState.Standby, host.Client.State);
        _store.Before = static (_, _) => Task.CompletedTask;

        // Its own lease, which could not be released, ends in the store at 15 s; it asks at 12.9 s, 13.8 s, 14.7 s and 15.6 s.
        for (var i = 0; i < 4; i++)
        {
            await host.AskAgainAsync();
        }

        await host.AcceptAsync();
        await host.Trace.ExpectAsync("Closing LeaseLost", "Disconnect LeaseLost", "Terminate LeaseLost", "Init", "Connecting feed 2");
    }

    [Fact] // The goodbye and the close handshake have half of the margin; the other half is for a pause before a write.
    public async Task P21_What_is_left_of_a_session_is_aborted_without_a_frame_when_the_lease_is_over()
    {
        await using var host = new LeasedHost(_store, _clock);
        var session = await host.ReadyAsync();
        var answering = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        host.Trace.Answering = answering.Task;
        session.Send("a");
        await session.WaitUntilAllReadAsync();

        // A callback runs, so that the goodbye cannot begin.
        EndEarly();
        await host.StateAsync(LateConnectionState.Reconnecting);
        _clock.Advance(TimeSpan.FromSeconds(1.5));
        await host.LoggedAsync("LeaseLost");
        answering.SetResult();
        await host.StateAsync(LateConnectionState.Standby);
        Assert.Equal(["hello"], session.Received.Select(static frame => frame.GetText()));
        Assert.Null(session.Closed);
        await host.Trace.ExpectAsync("Disconnect LeaseLost", "Terminate LeaseLost");
    }

    [Fact]
    public async Task P21_A_goodbye_that_the_server_does_not_answer_ends_with_the_lease()
    {
        await using var host = new LeasedHost(_store, _clock);
        var session = await host.ReadyAsync();
        session.AnswersClose = false;
        EndEarly();
        await session.ExpectAsync("bye");
        await session.ExpectCloseAsync();
        _clock.Advance(TimeSpan.FromSeconds(1.5));
        await host.StateAsync(LateConnectionState.Standby);
    }

    [Fact]
    public async Task P18_The_last_words_of_the_server_behind_the_goodbye_are_handled()
    {
        await using var host = new LeasedHost(_store, _clock);
        host.Trace.HoldsClose = true;
        var session = await host.ReadyAsync();
        EndEarly();
        await session.ExpectAsync("bye");
        session.Send("last words");
        await session.ExpectCloseAsync(LateCloseCode.NormalClosure);

        await host.Trace.ExpectAsync("Closing LeaseLost", "last words", "Disconnect LeaseLost", "Terminate LeaseLost");
    }

    [Fact]
    public async Task P18_P21_A_server_that_does_not_send_them_is_waited_for_half_of_the_margin_at_most()
    {
        await using var host = new LeasedHost(_store, _clock);
        host.Trace.HoldsClose = true;
        var session = await host.ReadyAsync();
        session.AnswersClose = false;
        EndEarly();
        await session.ExpectAsync("bye");
        await _clock.WaitForTimerAsync(TimeSpan.FromSeconds(1.2));
        _clock.Advance(TimeSpan.FromSeconds(1.2));
        await session.ExpectCloseAsync(LateCloseCode.NormalClosure);
        _clock.Advance(TimeSpan.FromSeconds(0.3));

        await host.Trace.ExpectAsync("Closing LeaseLost", "Disconnect LeaseLost", "Terminate LeaseLost");
        await host.StateAsync(LateConnectionState.Standby);
    }

    [Fact] // A fifth of half of the margin (1.5 s) is kept for the close handshake.
    public async Task P18_A_goodbye_that_takes_longer_than_the_lease_leaves_is_cut_short_and_the_log_names_the_margin()
    {
        await using var host = new LeasedHost(_store, _clock);
        host.Trace.Closing = new TaskCompletionSource().Task;
        var session = await host.ReadyAsync();
        EndEarly();
        await host.Trace.ExpectAsync("Closing LeaseLost");
        await _clock.WaitForTimerAsync(TimeSpan.FromSeconds(1.2));
        _clock.Advance(TimeSpan.FromSeconds(1.2));
        var cut = await host.LoggedAsync("GoodbyeCut");
        Assert.EndsWith("The lease left 00:00:01.5000000 for it and the close handshake, which is half of its margin. To give it more time, raise Margin of the lease", cut, StringComparison.Ordinal);
        await session.ExpectCloseAsync(LateCloseCode.NormalClosure);
        await host.StateAsync(LateConnectionState.Standby);
    }

    [Fact] // Another host may own the connection by then: there is no goodbye.
    public async Task P21_Where_the_store_refuses_a_renewal_the_session_is_aborted_without_a_frame()
    {
        await using var host = new LeasedHost(_store, _clock);
        var session = await host.ReadyAsync();
        await _store.NextAsync("Acquire");
        _store.Grant(LeasedHost.Lease, TimeSpan.FromMinutes(1));
        await host.AdvanceToTimerAsync(4);
        await host.Trace.ExpectAsync("Disconnect LeaseLost", "Terminate LeaseLost");
        await host.StateAsync(LateConnectionState.Standby);
        Assert.Equal(["hello"], session.Received.Select(static frame => frame.GetText()));
        Assert.Null(session.Closed);
        await host.LoggedAsync("LeaseLost");
    }

    [Fact] // The lease lasts from the beginning of the request: when the store has carried it out is not known.
    public async Task P21_A_renewal_that_comes_late_is_measured_from_its_beginning()
    {
        await using var host = new LeasedHost(_store, _clock);
        var session = await host.ReadyAsync();
        await _store.NextAsync("Acquire");
        var late = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var asked = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        _store.Before = (_, _) =>
        {
            asked.TrySetResult();
            return late.Task;
        };
        await host.AdvanceToTimerAsync(4);
        await asked.Task;
        _clock.Advance(TimeSpan.FromSeconds(3.5));
        late.SetResult();
        await _store.NextAsync("Renew");
        _store.Before = static (_, _) => throw new IOException("The store is away.");

        // Renewed at 4 s: yielded at 16 s, and not at 12 s or at 19.5 s.
        await _clock.WaitForTimerAsync(TimeSpan.FromSeconds(8.5));
        _clock.Advance(TimeSpan.FromSeconds(8.4));
        session.Send("a");
        await session.ExpectAsync("re a");
        _clock.Advance(TimeSpan.FromSeconds(0.1));
        await session.ExpectAsync("bye");
    }

    [Fact] // It is not released: the request that follows may have been granted the same by then.
    public async Task P21_What_an_answer_grants_that_comes_too_late_is_had_by_the_next_request()
    {
        await using var host = new LeasedHost(_store, _clock);
        var late = await AcquireTooLateAsync(host);
        late.SetResult();
        Assert.Equal("Acquire", (await _store.NextAsync()).Operation);
        await host.AskAgainAsync();
        await host.AcceptAsync();
        await host.Trace.ExpectAsync("Init", "Connecting feed 1");
        Assert.Equal("Acquire", (await _store.NextAsync()).Operation);
        await host.StopAsync();
        Assert.Equal(1, (await _store.NextAsync("Release")).Token);
    }

    [Fact]
    public async Task P21_What_an_answer_grants_to_a_connection_that_has_stopped_is_released()
    {
        await using var host = new LeasedHost(_store, _clock);
        var late = await AcquireTooLateAsync(host);
        var stop = host.StopAsync();
        await _clock.WaitForTimerAsync(TimeSpan.FromSeconds(1));
        late.SetResult();
        await stop;
        Assert.Equal(1, (await _store.NextAsync("Release")).Token);
        Assert.Equal(0, host.Peer.Attempts);
    }

    [Fact]
    public async Task P21_A_lease_that_is_lost_during_an_attempt_cancels_it()
    {
        await using var host = new LeasedHost(_store, _clock, static options => options.ConnectTimeout = TimeSpan.FromMinutes(1));
        await host.StartAsync();
        var attempt = await host.Peer.NextAttemptAsync();
        await _store.NextAsync("Acquire");
        _store.Grant(LeasedHost.Lease, TimeSpan.FromMinutes(1));
        await host.AdvanceToTimerAsync(4);
        await attempt.WaitUntilCanceledAsync();
        await host.StateAsync(LateConnectionState.Standby);
        await host.Trace.ExpectAsync("Init", "Connecting feed 1", "Terminate LeaseLost");
    }

    [Fact]
    public async Task P21_A_lease_that_is_lost_between_two_attempts_ends_the_wait()
    {
        await using var host = new LeasedHost(_store, _clock, static options => options.Reconnect.BaseDelay = options.Reconnect.MaxDelay = TimeSpan.FromMinutes(10));
        var session = await host.ReadyAsync();
        await _store.NextAsync("Acquire");
        session.Drop();
        await host.Trace.ExpectAsync("Disconnect ConnectionLost");
        await host.Peer.WaitForBackoffAsync();
        _store.Grant(LeasedHost.Lease, TimeSpan.FromMinutes(1));
        await host.AdvanceToTimerAsync(4);
        await host.Trace.ExpectAsync("Terminate LeaseLost");
        await host.StateAsync(LateConnectionState.Standby);
    }

    /// <summary>Starts a host whose first request has no answer in time.</summary>
    /// <returns>What the answer waits for.</returns>
    private async Task<TaskCompletionSource> AcquireTooLateAsync(LeasedHost host)
    {
        var late = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var isFirst = 1;
        _store.Before = (_, _) => Interlocked.Exchange(ref isFirst, 0) == 1 ? late.Task : Task.CompletedTask;
        await host.StartAsync();
        await _clock.WaitForTimerAsync(TimeSpan.FromSeconds(4));
        _clock.Advance(TimeSpan.FromSeconds(4));
        var status = await host.StateAsync(LateConnectionState.Standby);
        Assert.Equal("The store of the lease 'feed' could not be asked: TimeoutException.", status.Reason);
        return late;
    }

    /// <summary>The store fails until the lease ends early, with a goodbye.</summary>
    private void EndEarly()
    {
        Break(Fault.Throws);
        _clock.Advance(TimeSpan.FromSeconds(12));
    }

    private void Break(Fault fault, ManualResetEventSlim? unblocked = null) => _store.Before = (_, _) =>
    {
        switch (fault)
        {
            case Fault.Hangs:
                return new TaskCompletionSource().Task;
            case Fault.Throws:
                return Task.FromException(new IOException("The store is away."));
            default:
                unblocked!.Wait(Token);
                return Task.CompletedTask;
        }
    };
}
