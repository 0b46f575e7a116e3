using Late.Hosting.Connection.Lifecycle;
using Late.Hosting.Connection.Mailboxes;
using Late.Hosting.Tests.Support;
using static Late.Hosting.LateConnectionState;

namespace Late.Hosting.Tests.Connection.Lifecycle;

/// <summary>What the phases look like from outside, and which watchers are notified of their changes.</summary>
public sealed class StatusTests
{
    private readonly ConnectionLifecycle _lifecycle = new("Test", new ObservedTime(), new WorkQueues(), SessionEnd.HostStopping);
    private readonly StatusWatchers _watchers;

    public StatusTests() => _watchers = new StatusWatchers(_lifecycle);

    [Fact]
    public async Task WatchAsync_gives_the_present_state_then_every_change_once_and_ends()
    {
        var session = BecomeReady();
        var seen = new List<LateConnectionState>();
        await foreach (var change in _watchers.WatchAsync(TestContext.Current.CancellationToken))
        {
            seen.Add(change.State);
            if (seen.Count == 1)
            {
                _lifecycle.End(session, SessionEnd.Lost("lost", null));
                _watchers.Publish();
                _lifecycle.NoteNextAttempt(DateTimeOffset.UnixEpoch, 1);
                _watchers.Publish();
                _lifecycle.Stop(SessionEnd.HostStopping);
                Assert.False(_lifecycle.Stop(SessionEnd.HandlerStopped).HasHappened);
                _lifecycle.Finish("stopped");
                _watchers.Publish();
            }
        }

        Assert.Equal([Ready, LateConnectionState.Reconnecting, Stopping, Stopped], seen);
        Assert.Equal([Connecting, Connected, Ready, LateConnectionState.Reconnecting, Stopping, Stopped], _watchers.RecentChanges.Select(static change => change.State));
    }

    [Fact]
    public async Task A_watcher_that_comes_before_a_change_is_published_sees_it_once()
    {
        BecomeReady();
        _lifecycle.Stop(SessionEnd.HostStopping);
        Assert.False(_lifecycle.TryNoteConnecting("not any more"));
        var watch = _watchers.WatchAsync(TestContext.Current.CancellationToken).GetAsyncEnumerator(TestContext.Current.CancellationToken);

        Assert.True(await watch.MoveNextAsync());
        Assert.Equal(Stopping, watch.Current.State);
        _watchers.Publish();
        _lifecycle.Finish("stopped");
        _watchers.Publish();
        Assert.True(await watch.MoveNextAsync());
        Assert.Equal((Stopped, "stopped"), (watch.Current.State, watch.Current.Reason));
        Assert.False(await watch.MoveNextAsync());
    }

    [Fact]
    public async Task P15_the_watch_of_a_faulted_connection_ends_when_no_new_life_follows()
    {
        _lifecycle.Start();
        _lifecycle.Fault("It failed.", null);
        var watch = _watchers.WatchAsync(TestContext.Current.CancellationToken).GetAsyncEnumerator(TestContext.Current.CancellationToken);
        Assert.True(await watch.MoveNextAsync());
        Assert.Equal(Faulted, watch.Current.State);

        _lifecycle.Retire();
        _watchers.Publish();

        Assert.False(await watch.MoveNextAsync());
        Assert.Equal(Faulted, _lifecycle.Current.State);
    }

    [Fact]
    public void Only_the_last_hundred_changes_are_kept()
    {
        _lifecycle.Start();
        for (var i = 1; i <= 120; i++)
        {
            _lifecycle.BeginAttempt($"Attempt {i} is in progress.", i);
            _lifecycle.FailAttempt($"Attempt {i} failed.");
            _watchers.Publish();
        }

        var changes = _watchers.RecentChanges;
        Assert.Equal((100, "Attempt 71 is in progress.", "Attempt 120 failed."), (changes.Count, changes[0].Reason, changes[^1].Reason));
    }

    [Fact]
    public void Every_change_that_the_phases_can_show_follows_the_table_of_the_design()
    {
        LateConnectionState[] running = [Connecting, Connected, Ready, LateConnectionState.Reconnecting];
        Assert.Equal([NotStarted, LateConnectionState.Standby, Connecting, LateConnectionState.Reconnecting, LateConnectionState.Reconnecting, LateConnectionState.Reconnecting, Stopping, Stopped, Faulted, Faulted], Enum.GetValues<LifePhase>().Select(static life => StatusHistory.StateOf(life, SessionPhase.None)));
        Assert.Equal(running.Order(), Enum.GetValues<SessionPhase>().Select(static phase => StatusHistory.StateOf(LifePhase.Running, phase)).Distinct().Order());
        Assert.All(Enum.GetValues<SessionPhase>(), static phase => Assert.Equal(Stopping, StatusHistory.StateOf(LifePhase.Stopping, phase)));
    }

    [Fact]
    public async Task P9_concurrent_stops_end_the_connection_once()
    {
        for (var i = 0; i < 200; i++)
        {
            var lifecycle = new ConnectionLifecycle("Test", new ObservedTime(), new WorkQueues(), SessionEnd.HostStopping);
            lifecycle.Stop(SessionEnd.HostStopping);

            var ended = await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => Task.Run(() => lifecycle.Finish("stopped").HasHappened)));

            Assert.Single(ended, true);
            Assert.Equal(Stopped, lifecycle.Current.State);
        }
    }

    [Fact]
    public void A_stop_wins_over_what_a_session_reports()
    {
        var session = BecomeReady();
        _lifecycle.Stop(SessionEnd.HostStopping);

        Assert.False(_lifecycle.End(session, SessionEnd.Lost("lost", null)).PublishesStatus);
        Assert.Equal(Stopping, _lifecycle.Current.State);
    }

    [Fact]
    public void P9_a_requested_stop_begins_to_close_the_session_at_the_moment_in_which_the_connection_stops()
    {
        var session = BecomeReady();

        var effects = _lifecycle.RequestStop(SessionEnd.SupervisorStopping);

        Assert.Equal((Stopping, SessionPhase.Closing, true), (_lifecycle.Current.State, session.Phase, session.IsSilent));
        Assert.Same(session, effects.Left);
        Assert.Same(SessionEnd.SupervisorStopping.Description, session.PendingEnd?.Description);
    }

    private TestSession BecomeReady()
    {
        var session = new TestSession(0);
        _lifecycle.Start();
        _lifecycle.BeginAttempt("Attempt 1 is in progress.", 1);
        _lifecycle.Open(session, "The server answered 101.");
        _lifecycle.HandlerConnected(session, holds: false);
        _lifecycle.FramesWritten(session);
        _watchers.Publish();
        return session;
    }
}
