using Late.Hosting.Connection.Lifecycle;
using Late.Hosting.Tests.Support;
using static Late.Hosting.LateConnectionState;

namespace Late.Hosting.Tests.Connection.Lifecycle;

public sealed class ConnectionStatusTests
{
    // The table of the design: from each state, the states that may follow.
    private static readonly Dictionary<LateConnectionState, LateConnectionState[]> Table = new()
    {
        [Stopped] = [Connecting, Stopping, Faulted],
        [Connecting] = [Connected, LateConnectionState.Reconnecting, Stopping, Faulted],
        [Connected] = [Ready, LateConnectionState.Reconnecting, Stopping, Faulted],
        [Ready] = [LateConnectionState.Reconnecting, Stopping, Faulted],
        [LateConnectionState.Reconnecting] = [Connecting, Stopping, Faulted],
        [Faulted] = [Stopping],
        [Stopping] = [Stopped],
    };

    [Fact]
    public void A_transition_that_the_table_does_not_have_throws()
    {
        foreach (var (from, follows) in Table)
        {
            foreach (var to in Enum.GetValues<LateConnectionState>())
            {
                var status = At(from);
                if (follows.Contains(to))
                {
                    status.Move(to, "test");
                    Assert.Equal(to, status.Current.State);
                }
                else
                {
                    Assert.Throws<InvalidOperationException>(() => status.Move(to, "test"));
                    Assert.Equal(from, status.Current.State);
                }
            }
        }
    }

    [Fact]
    public async Task WatchAsync_gives_the_present_state_then_every_change_once_and_ends()
    {
        var status = At(Ready);
        var seen = new List<LateConnectionState>();
        var watch = Task.Run(async () =>
        {
            await foreach (var change in status.WatchAsync(TestContext.Current.CancellationToken))
            {
                seen.Add(change.State);
                if (seen.Count == 1)
                {
                    status.Move(LateConnectionState.Reconnecting, "lost");
                    status.SetNextAttempt(DateTimeOffset.UnixEpoch, 1);
                    status.Move(Stopping, "stop");
                    Assert.False(status.TryStop("again", LateTerminateKind.HostStopping));
                    status.Move(Stopped, "stopped");
                }
            }
        }, TestContext.Current.CancellationToken);
        await watch;

        Assert.Equal([Ready, LateConnectionState.Reconnecting, Stopping, Stopped], seen);
    }

    [Fact]
    public async Task P9_stops_that_come_at_once_end_the_connection_once()
    {
        for (var i = 0; i < 200; i++)
        {
            var status = At(Stopping);

            var ended = await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => Task.Run(() => status.TryFinish("stopped"))));

            Assert.Single(ended, true);
            Assert.Equal(Stopped, status.Current.State);
        }
    }

    [Fact]
    public void A_stop_wins_over_what_a_session_has_to_say()
    {
        var status = At(Stopping);

        Assert.False(status.TryMove(LateConnectionState.Reconnecting, "lost"));
        Assert.Equal(Stopping, status.Current.State);
    }

    private static ConnectionStatus At(LateConnectionState state)
    {
        var status = new ConnectionStatus("Test", new ObservedTime());
        LateConnectionState[] path = state switch
        {
            Stopped => [],
            Connecting => [Connecting],
            Connected => [Connecting, Connected],
            Ready => [Connecting, Connected, Ready],
            LateConnectionState.Reconnecting => [Connecting, LateConnectionState.Reconnecting],
            Faulted => [Faulted],
            _ => [Stopping],
        };
        foreach (var step in path)
        {
            status.Move(step, "test");
        }

        return status;
    }
}
