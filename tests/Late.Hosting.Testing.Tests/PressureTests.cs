using System.Net;
using Late.Hosting.Testing.Tests.Support;

namespace Late.Hosting.Testing.Tests;

/// <summary>Pings, silence, the clock, and pressure in both directions.</summary>
public sealed class PressureTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Pings_are_answered_on_both_sides()
    {
        await using var host = new TestedHost();
        var session = await host.ReadyAsync();
        session.Send(LateFrame.Ping("marco"u8.ToArray()));
        Assert.Equal("marco", (await session.ExpectPongAsync()).GetText());

        Assert.Equal(TimeSpan.Zero, await host.Client.PingAsync(Token));
        await session.ExpectPingAsync();
    }

    [Fact]
    public async Task A_ping_that_is_not_answered_is_kept_for_the_test()
    {
        await using var host = new TestedHost();
        var session = await host.ReadyAsync();
        session.AnswersPings = false;
        var ping = host.Client.PingAsync(Token);
        var frame = await session.ExpectPingAsync();
        host.Clock.Advance(TimeSpan.FromMilliseconds(30));
        session.Send(LateFrame.Pong(frame.Payload));

        Assert.Equal(TimeSpan.FromMilliseconds(30), await ping);
    }

    [Fact]
    public async Task P11_a_server_that_goes_silent_is_noticed_and_the_next_one_is_asked()
    {
        await using var host = new TestedHost();
        var session = await host.ReadyAsync();
        session.GoSilent();
        session.Send("count");
        await host.Peer.AdvanceAsync(TimeSpan.FromSeconds(20));
        await session.ExpectPingAsync();
        await host.Peer.AdvanceAsync(TimeSpan.FromSeconds(20));
        await session.WaitUntilEndedAsync();

        Assert.Contains("KeepAliveTimeout", host.Client.Status.Reason, StringComparison.Ordinal);
        Assert.DoesNotContain("3", session.Received.Select(static message => message.GetText()));
        await (await host.Peer.AcceptAsync()).ExpectAsync("hello 0");
    }

    [Fact]
    public async Task The_clock_advances_when_what_was_due_is_done()
    {
        await using var host = new TestedHost();
        var session = await host.ReadyAsync();
        await host.Peer.AdvanceAsync(TimeSpan.FromSeconds(60));

        Assert.Equal(["hello 0", "beat", "beat", "beat", "beat", "beat", "beat"], session.Received.Select(static message => message.GetText()));
    }

    [Fact]
    public async Task The_clock_advances_when_what_a_callback_posts_to_itself_is_done_too()
    {
        await using var host = new TestedHost();
        var session = await host.ReadyAsync();
        session.Send("count");
        await host.Peer.AdvanceAsync(TimeSpan.FromSeconds(1));

        Assert.Equal(["hello 0", "3", "2", "1"], session.Received.Select(static message => message.GetText()));
    }

    [Fact]
    public async Task The_clock_advances_when_a_timer_that_another_thread_runs_is_done()
    {
        await using var host = new TestedHost();
        var session = await host.ReadyAsync();
        using var isRunning = new ManualResetEventSlim();
        using var resume = new ManualResetEventSlim();
        using var timer = host.Clock.CreateTimer(
            _ =>
            {
                isRunning.Set();
                resume.Wait(Token);
                _ = host.Client.SendAsync(LateFrame.Text("of the timer"), Token).AsTask();
            },
            null,
            TimeSpan.FromSeconds(1),
            Timeout.InfiniteTimeSpan);
        var concurrent = Task.Run(() => host.Clock.Advance(TimeSpan.FromSeconds(1)), Token);
        isRunning.Wait(Token);
        var advancing = host.Peer.AdvanceAsync(TimeSpan.FromSeconds(1));
        Assert.False(advancing.IsCompleted);
        resume.Set();
        await Task.WhenAll(concurrent, advancing);

        Assert.Equal(["hello 0", "of the timer"], session.Received.Select(static message => message.GetText()));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task The_clock_stands_at_each_attempt_between_sessions(bool accepts)
    {
        await using var host = new TestedHost(configure: static options => options.Reconnect.MaxDelay = TimeSpan.FromSeconds(10));
        host.Peer.OnAttempt(attempt =>
        {
            if (accepts)
            {
                attempt.Accept().Drop();
            }
            else
            {
                attempt.Refuse(HttpStatusCode.ServiceUnavailable);
            }
        });
        await host.StartAsync();
        await host.Peer.AdvanceToNextAttemptAsync();
        await host.Peer.AdvanceAsync(TimeSpan.FromMinutes(10));

        Assert.InRange(host.Peer.Attempts, 60, 200);
    }

    [Fact]
    public async Task An_attempt_without_an_answer_is_canceled_while_the_clock_is_advanced()
    {
        await using var host = new TestedHost();
        await host.StartAsync();
        var attempt = await host.Peer.NextAttemptAsync();
        await host.Peer.AdvanceAsync(TimeSpan.FromSeconds(10));

        Assert.True(attempt.IsCanceled);
        Assert.Equal(LateConnectionState.Reconnecting, host.Client.State);
    }

    [Fact]
    public async Task A_connection_that_does_not_come_to_rest_is_reported()
    {
        await using var host = new TestedHost();
        var session = await host.ReadyAsync();
        session.BlockWrites();
        host.Peer.WaitLimit = TimeSpan.FromMilliseconds(1);

        var exception = await Assert.ThrowsAsync<LateTestException>(() => host.Peer.AdvanceAsync(TimeSpan.FromSeconds(1)));
        Assert.Contains("writes are blocked", exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Blocked_writes_wait_and_then_leave_in_order()
    {
        await using var host = new TestedHost(configure: options => options.SendTimeout = TimeSpan.FromSeconds(7));
        var session = await host.ReadyAsync();
        session.BlockWrites();
        var first = host.Client.SendAsync(LateFrame.Text("first"), Token).AsTask();
        var second = host.Client.SendAsync(LateFrame.Text("second"), Token).AsTask();
        await host.Clock.WaitForTimerAsync(TimeSpan.FromSeconds(7));
        Assert.False(first.IsCompleted || second.IsCompleted);
        session.UnblockWrites();

        await session.ExpectAsync("first");
        await session.ExpectAsync("second");
        await Task.WhenAll(first, second);
    }

    [Fact]
    public async Task A_write_that_stays_blocked_ends_the_session_after_SendTimeout()
    {
        await using var host = new TestedHost(configure: options => options.SendTimeout = TimeSpan.FromSeconds(7));
        var session = await host.ReadyAsync();
        session.BlockWrites();
        var sending = host.Client.SendAsync(LateFrame.Text("never"), Token).AsTask();
        await host.Clock.WaitForTimerAsync(TimeSpan.FromSeconds(7));
        host.Clock.Advance(TimeSpan.FromSeconds(7));

        await Assert.ThrowsAsync<LateDisconnectedException>(() => sending);
        await session.WaitUntilEndedAsync();
        Assert.Contains("SendTimeout", host.Client.Status.Reason, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_flood_behind_a_busy_handler_is_left_unread()
    {
        await using var host = new TestedHost(configure: options => options.ReceiveBufferBytes = 100_000);
        var session = await host.ReadyAsync();
        session.OnMessage(_ => { });
        session.Send("wait");
        await session.WaitUntilAllReadAsync();
        for (var i = 0; i < 200_000; i++)
        {
            session.Send("count");
        }

        Assert.InRange(session.UnreadBytes, 1, 7 * 200_000);
    }
}
