using Late.Hosting.Connection.Lifecycle;
using Late.Hosting.Connection.Mailboxes;
using Late.Hosting.Tests.Support;

namespace Late.Hosting.Tests.Connection.Lifecycle;

/// <summary>A request in the moment between the first message on the next connection, or its upgrade, and the switch to it.</summary>
public sealed class MadeConnectionTests
{
    private static readonly Uri s_moved = new("ws://feed.example/moved");

    private readonly ConnectionLifecycle _lifecycle = new("Test", new ObservedTime(), new WorkQueues(), SessionEnd.HostStopping);
    private readonly TestSession _session = new(0);
    private readonly Candidate _candidate = new() { Request = SessionEnd.Rotated };

    [Theory]
    [InlineData(false, false)]
    [InlineData(false, true)]
    [InlineData(true, false)]
    [InlineData(true, true)]
    public void S2a_the_connection_becomes_a_session_and_what_else_is_requested_is_done_then(bool hasSpoken, bool finishesCalls)
    {
        Prepare(hasSpoken ? Task.FromResult(true) : null);
        var request = SessionEnd.Requested(new LateReconnect { Uri = s_moved });

        var effects = finishesCalls ? _lifecycle.Drain(_session, request) : _lifecycle.RequestReconnect(request);

        Assert.Null(effects.Discarded);
        Assert.Equal(request.Description, effects.LoggedDeferred);
        Assert.Equal((true, null), (_session.PendingEnd!.HandlesLastFrames, _session.PendingEnd.Uri));
        Assert.Equal(s_moved, Replace()?.Uri);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void S2a_a_result_of_the_handler_keeps_it_too(bool hasAddress)
    {
        Prepare(Task.FromResult(true));
        var request = SessionEnd.FromHandler(NextStep.Reconnect, LateCloseCode.NormalClosure, "", null) with { Uri = hasAddress ? s_moved : null };

        var effects = _lifecycle.End(_session, request);

        Assert.Null(effects.Discarded);
        Assert.True(_session.Ending!.HandlesLastFrames);
        Assert.Equal(hasAddress ? s_moved : null, Replace()?.Uri);
    }

    [Fact]
    public void P10_one_that_has_not_spoken_is_not_the_next()
    {
        Prepare(new TaskCompletionSource<bool>().Task);

        var effects = _lifecycle.RequestReconnect(SessionEnd.Requested(new LateReconnect()));

        Assert.Same(_candidate, effects.Discarded);
        Assert.False(_session.PendingEnd!.HandlesLastFrames);
    }

    [Fact]
    public void S2a_what_was_put_off_to_one_that_cannot_be_used_is_that_of_the_attempt_behind_the_present_session()
    {
        Prepare(new TaskCompletionSource<bool>().Task);
        _lifecycle.Drain(_session, SessionEnd.FromHandler(NextStep.Reconnect, LateCloseCode.NormalClosure, "", null));
        _lifecycle.Drain(_session, SessionEnd.Requested(new LateReconnect { FinishCalls = true, Uri = s_moved }));
        Assert.Equal((null, false), (_session.PendingEnd!.Uri, _session.PendingEnd.IsImmediate));

        Assert.True(_lifecycle.RefuseMade(_session, _candidate).HasHappened);

        Assert.Equal((s_moved, true, false), (_session.PendingEnd.Uri, _session.PendingEnd.IsImmediate, _session.PendingEnd.HandlesLastFrames));
    }

    [Fact]
    public void S2a_one_that_is_made_while_the_session_waits_for_its_calls_becomes_a_session_whatever_is_requested_then()
    {
        Prepare(null, SessionEnd.Requested(new LateReconnect { FinishCalls = true }));

        var effects = _lifecycle.Drain(_session, SessionEnd.Requested(new LateReconnect { FinishCalls = true, Uri = s_moved }));

        Assert.Null(effects.Discarded);
        Assert.Equal(s_moved, Replace()?.Uri);
    }

    [Theory] // A request for another address, in the moment of the first message; or one that waits for calls.
    [InlineData(true)]
    [InlineData(false)]
    public void S2a_one_that_is_not_the_next_any_more_ends_no_session(bool hasAddress)
    {
        Prepare(new TaskCompletionSource<bool>().Task);
        _lifecycle.Drain(_session, SessionEnd.Requested(new LateReconnect { FinishCalls = true, Uri = hasAddress ? s_moved : null }));

        Assert.False(_lifecycle.Switch(_session, _candidate, SessionEnd.Rotated.FollowedByMade(), finishesCalls: false).HasHappened);

        Assert.Equal(SessionPhase.Draining, _session.Phase);
    }

    private void Prepare(Task<bool>? firstMessage, SessionEnd? drain = null)
    {
        _lifecycle.Start();
        _lifecycle.BeginAttempt("Attempt 1 is in progress.", 1);
        _lifecycle.Open(_session, "Open.");
        _lifecycle.HandlerConnected(_session, holds: false);
        _lifecycle.FramesWritten(_session);
        _lifecycle.Detach(_session, _candidate);
        (_candidate.FirstMessage, _candidate.AwaitsMessage) = (firstMessage, firstMessage is not null);
        _ = drain is null ? default : _lifecycle.Drain(_session, drain);
        _lifecycle.Prepare(_session, _candidate);
    }

    /// <returns>What was put off to the next session.</returns>
    private SessionEnd? Replace()
    {
        var next = new TestSession(1);
        _lifecycle.End(_session, _session.PendingEnd ?? _session.Ending!);
        _lifecycle.Leave(_session, ConnectionFailure.Stopped);
        Assert.Same(_candidate, _lifecycle.Adopt());
        _lifecycle.BeginAttempt("Attempt 1 is in progress.", 1);
        _lifecycle.Open(next, "Open.");
        return _lifecycle.TakeDeferred(next);
    }
}
