using Late.Hosting.Connection.Lifecycle;
using Late.Hosting.Connection.Mailboxes;
using Late.Hosting.Tests.Support;

namespace Late.Hosting.Tests.Connection.Lifecycle;

/// <summary>A request that has waited for another one, and is looked at when the session that was to be replaced has been.</summary>
public sealed class OvertakenRequestTests
{
    private static readonly Uri s_moved = new("ws://feed.example/moved");
    private static readonly SessionEnd s_byHandler = SessionEnd.FromHandler(NextStep.Reconnect, LateCloseCode.NormalClosure, "", null) with { Uri = s_moved };

    private readonly ConnectionLifecycle _lifecycle = new("Test", new ObservedTime(), new WorkQueues(), SessionEnd.HostStopping);
    private readonly TestSession _old = new(0);
    private readonly TestSession _next = new(1);

    private SessionEnd EndOfNext => (_next.Ending ?? _next.PendingEnd)!;

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void S2a_its_address_is_that_behind_the_session_that_has_replaced_its_own_and_whose_frames_are_handled(bool isByClient)
    {
        Replace();
        var request = isByClient
            ? SessionEnd.Requested(new LateReconnect { Uri = s_moved })
            : s_byHandler;

        Assert.True(_lifecycle.Amend(_old, request).HasHappened);

        Assert.Equal(isByClient ? SessionPhase.Closing : SessionPhase.Closed, _next.Phase);
        Assert.Equal((s_moved, true), (EndOfNext.Uri, EndOfNext.HandlesLastFrames));
    }

    [Fact]
    public void S2a_one_of_a_callback_that_ran_before_the_session_leaves_it_the_frames_that_it_has_received()
    {
        Replace();

        _lifecycle.EndWithoutSession(s_byHandler);

        Assert.True(_next.Ending!.HandlesLastFrames);
    }

    [Fact]
    public void S2a_one_that_comes_before_the_session_has_come_to_an_earlier_one_ends_it_for_both()
    {
        Replace(() => _lifecycle.RequestReconnect(SessionEnd.Requested(new LateReconnect { Uri = s_moved })));

        _lifecycle.RequestReconnect(SessionEnd.Requested(new LateReconnect { CloseCode = 4000 }));

        Assert.Equal((s_moved, 4000, true), (_next.PendingEnd!.Uri, _next.PendingEnd.CloseCode, _next.PendingEnd.HandlesLastFrames));
    }

    [Fact]
    public void S2a_one_behind_an_earlier_one_by_which_the_session_waits_for_its_calls_leaves_it_the_frames_that_it_has_received()
    {
        Replace(() => _lifecycle.RequestReconnect(SessionEnd.Requested(new LateReconnect { FinishCalls = true, CloseCode = 4000, Uri = s_moved })));
        Assert.True(_lifecycle.BeginDeferred(_next).HasHappened);

        _lifecycle.RequestReconnect(SessionEnd.Requested(new LateReconnect()));

        Assert.Equal(SessionPhase.Closing, _next.Phase);
        Assert.Equal((s_moved, 4000, true), (_next.PendingEnd!.Uri, _next.PendingEnd.CloseCode, _next.PendingEnd.HandlesLastFrames));
    }

    [Fact]
    public void S2a_one_behind_an_earlier_one_that_wanted_nothing_but_a_session_has_its_own_close_code()
    {
        Replace(() =>
        {
            _lifecycle.RequestReconnect(SessionEnd.Requested(new LateReconnect { CloseCode = 4000 }));
            _lifecycle.RequestReconnect(SessionEnd.Requested(new LateReconnect { Uri = s_moved }));
        });

        Assert.True(_lifecycle.BeginDeferred(_next).HasHappened);

        Assert.Equal((s_moved, (int?)LateCloseCode.NormalClosure), (_next.PendingEnd!.Uri, _next.PendingEnd.CloseCode));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void S2a_the_close_code_of_an_earlier_one_is_that_of_its_session_and_not_of_the_one_that_follows(bool isReload)
    {
        var candidate = new Candidate { Request = SessionEnd.Rotated, IsMade = true };
        Detach(candidate);
        _lifecycle.HandlerConnected(_old, false);
        _lifecycle.FramesWritten(_old);
        _lifecycle.Prepare(_old, candidate);
        _lifecycle.Switch(_old, candidate, SessionEnd.Requested(new LateReconnect { CloseCode = 4000 }).FollowedByMade(), finishesCalls: true);
        _lifecycle.RequestReconnect(isReload ? SessionEnd.Changed("Headers") : SessionEnd.Requested(new LateReconnect { Uri = s_moved }));
        Assert.Equal(4000, _old.PendingEnd!.CloseCode);
        _lifecycle.End(_old, SessionEnd.Lost("Lost.", null));
        Follow(candidate);

        Assert.True(_lifecycle.BeginDeferred(_next).HasHappened);

        Assert.Equal((isReload ? null : s_moved, (int?)LateCloseCode.NormalClosure), (_next.PendingEnd!.Uri, _next.PendingEnd.CloseCode));
    }

    [Fact]
    public void S2a_a_reload_keeps_the_close_code_of_the_last_one()
    {
        var candidate = new Candidate { Request = SessionEnd.Requested(new LateReconnect { CloseCode = 4000, Uri = s_moved }) };
        Detach(candidate);
        _lifecycle.Drain(_old, SessionEnd.Requested(new LateReconnect { CloseCode = 4001, FinishCalls = true }));

        _lifecycle.RequestReconnect(SessionEnd.Changed("Headers"));

        Assert.Equal((s_moved, 4001), (_old.PendingEnd!.Uri, _old.PendingEnd.CloseCode));
    }

    [Theory] // Another thread has ended the session while the callback ran, or begins to close it.
    [InlineData("ended", false)]
    [InlineData("closing", false)]
    [InlineData("ended", true)]
    [InlineData("closing", true)]
    [InlineData("draining", true)]
    public void P10_the_address_that_a_result_requests_as_its_session_ends_is_that_of_the_next_attempt(string what, bool finishesCalls)
    {
        Replace();
        _ = what switch
        {
            "ended" => _lifecycle.End(_next, SessionEnd.Closed(LateCloseCode.NormalClosure, "")),
            "closing" => _lifecycle.BeginClosing(_next, SessionEnd.Rotated),
            _ => _lifecycle.Drain(_next, SessionEnd.Rotated),
        };

        _ = finishesCalls ? _lifecycle.Drain(_next, s_byHandler) : _lifecycle.EndByHandler(_next, s_byHandler);

        Assert.Equal(s_moved, EndOfNext.Uri);
    }

    [Fact]
    public void S2a_one_that_needs_no_other_session_has_its_own()
    {
        Replace();

        Assert.False(_lifecycle.Amend(_old, SessionEnd.Rotated).HasHappened);

        Assert.Equal(SessionPhase.Opening, _next.Phase);
    }

    private void Replace(Action? beforeOpen = null)
    {
        var candidate = new Candidate { Request = SessionEnd.Rotated };
        Detach(candidate);
        _lifecycle.Prepare(_old, candidate);
        _lifecycle.End(_old, SessionEnd.Rotated.FollowedByMade());
        Follow(candidate, beforeOpen);
    }

    /// <summary>Opens the session, and begins an attempt to replace it.</summary>
    private void Detach(Candidate candidate)
    {
        _lifecycle.Start();
        _lifecycle.BeginAttempt("Attempt 1 is in progress.", 1);
        _lifecycle.Open(_old, "Open.");
        _lifecycle.Detach(_old, candidate);
    }

    /// <summary>Nothing is left of the session, and the connection becomes the next one.</summary>
    private void Follow(Candidate candidate, Action? beforeOpen = null)
    {
        _lifecycle.Leave(_old, ConnectionFailure.Stopped);
        Assert.Same(candidate, _lifecycle.Adopt());
        _lifecycle.BeginAttempt("Attempt 1 is in progress.", 1);
        beforeOpen?.Invoke();
        _lifecycle.Open(_next, "Open.");
    }
}
