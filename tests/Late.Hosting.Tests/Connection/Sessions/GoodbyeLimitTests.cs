using Late.Hosting.Tests.Support;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using static Late.Hosting.Tests.Connection.Sessions.Closes;

namespace Late.Hosting.Tests.Connection.Sessions;

/// <summary>Promise P9: what limits a goodbye is its <c>Until</c>, and is in the log where it cuts the goodbye short.</summary>
public sealed class GoodbyeLimitTests
{
    // Three parts of ten minutes each, and nine tenths of five minutes for all of them.
    private static readonly TimeSpan s_share = TimeSpan.FromSeconds(90);

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task At_a_stop_with_little_time_it_is_four_fifths_of_the_share_that_is_left_for_the_close()
    {
        var (handler, until) = NotingUntil();
        await using var host = Hurried(handler);
        var socket = await host.ReadyAsync();
        socket.AnswersClose = false;
        var begun = host.Time.GetUtcNow();
        var stop = host.StopAsync(Token);
        Assert.Equal("CloseStream", await socket.SentAsync());
        Assert.Equal(begun + (0.8 * s_share), await until);

        await host.Time.TimerAsync(begun + (0.8 * s_share));
        host.Time.Advance(0.8 * s_share);
        Assert.Equal((1000, ""), await socket.Closed);
        await host.Time.TimerAsync(begun + s_share);
        host.Time.Advance(0.2 * s_share);
        await stop;

        Assert.Equal(
            "The host's stop leaves 00:01:30 for it and the close handshake, less than CloseTimeout. To give it more time, raise HostOptions.ShutdownTimeout", Cause(host));
    }

    [Fact]
    public async Task It_is_four_fifths_of_CloseTimeout_otherwise()
    {
        var (handler, until) = NotingUntil();
        await using var host = new TestHost(handler);
        var socket = await host.ReadyAsync();
        var begun = host.Time.GetUtcNow();
        await host.Client.ReconnectAsync("", Token);
        Assert.Equal("CloseStream", await socket.SentAsync());
        Assert.Equal(begun + TimeSpan.FromSeconds(4), await until);

        await host.Time.TimerAsync(begun + TimeSpan.FromSeconds(4));
        host.Time.Advance(TimeSpan.FromSeconds(4));
        Assert.Equal((1000, ""), await socket.Closed);

        Assert.Equal("To give it more time, raise CloseTimeout (00:00:05, of which a fifth is kept for the close handshake)", Cause(host));
    }

    [Fact]
    public async Task A_token_that_cancels_the_stop_cuts_it_and_is_in_the_log()
    {
        await using var host = new TestHost(Holding());
        var socket = await host.ReadyAsync();
        using var limit = new CancellationTokenSource();
        var stop = host.StopAsync(limit.Token);
        Assert.Equal("CloseStream", await socket.SentAsync());

        await limit.CancelAsync();
        await stop;

        Assert.Equal("The token of the stop was canceled. To give it more time, raise HostOptions.ShutdownTimeout, or cancel the token of StopAsync later", Cause(host));
    }

    [Fact]
    public async Task A_stop_that_comes_during_the_goodbye_leaves_it_its_share_and_time_for_the_handshake()
    {
        await using var host = Hurried(Holding());
        var socket = await host.ReadyAsync();
        socket.AnswersClose = false;
        await host.Client.ReconnectAsync("", Token);
        Assert.Equal("CloseStream", await socket.SentAsync());
        var begun = host.Time.GetUtcNow();
        var stop = host.StopAsync(Token);

        await host.Time.TimerAsync(begun + (0.8 * s_share));
        host.Time.Advance(0.8 * s_share);
        Assert.Equal((1000, ""), await socket.Closed);
        await host.Time.TimerAsync(begun + s_share);
        host.Time.Advance(0.2 * s_share);
        await stop;

        Assert.Equal(LateConnectionState.Stopped, host.Client.State);
        Assert.StartsWith("The host's stop leaves 00:01:30", Cause(host), StringComparison.Ordinal);
        Assert.DoesNotContain(host.Logs.GetSnapshot(), static record => record.Id.Name == "CallbackAbandoned");
    }

    [Fact]
    public async Task A_stop_that_comes_in_the_moment_in_which_the_goodbye_begins_leaves_it_its_share()
    {
        await using var host = Hurried(Holding());
        var socket = await host.ReadyAsync();
        socket.AnswersClose = false;
        var begun = host.Time.GetUtcNow();
        Task? stop = null;
        host.Time.Creating = due =>
        {
            if (due == TimeSpan.FromMinutes(8) && stop is null)
            {
                // The clock of the goodbye is not there yet.
                stop = host.StopAsync(Token);
                host.StateAsync(LateConnectionState.Stopping).Wait(Token);
            }
        };
        await host.Client.ReconnectAsync("", Token);
        Assert.Equal("CloseStream", await socket.SentAsync());

        await host.Time.TimerAsync(begun + (0.8 * s_share));
        host.Time.Advance(0.8 * s_share);
        Assert.Equal((1000, ""), await socket.Closed);
        await host.Time.TimerAsync(begun + s_share);
        host.Time.Advance(0.2 * s_share);
        await stop!;
    }

    [Fact]
    public async Task A_stop_that_has_more_time_than_the_goodbye_changes_nothing()
    {
        await using var host = new TestHost(Holding());
        var socket = await host.ReadyAsync();
        var begun = host.Time.GetUtcNow();
        await host.Client.ReconnectAsync("", Token);
        Assert.Equal("CloseStream", await socket.SentAsync());
        await host.Time.TimerAsync(begun + TimeSpan.FromSeconds(4));
        host.Time.Advance(TimeSpan.FromSeconds(3));
        var stop = host.StopAsync(Token);
        await host.StateAsync(LateConnectionState.Stopping);

        host.Time.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal((1000, ""), await socket.Closed);
        await stop;
    }

    private static TestHost Hurried(ScriptedHandler handler) => new(
        handler,
        static options => options.CallbackGracePeriod = options.CloseTimeout = TimeSpan.FromMinutes(10),
        static connection => connection.Services.Configure<HostOptions>(static options => options.ShutdownTimeout = TimeSpan.FromMinutes(5)));

    private static (ScriptedHandler Handler, Task<DateTimeOffset> Until) NotingUntil()
    {
        var until = new TaskCompletionSource<DateTimeOffset>();
        return (new ScriptedHandler
        {
            Closing = (closing, state, _) =>
            {
                until.SetResult(closing.Until);
                return LateResult.Send(state, LateFrame.Text("CloseStream")).HoldClose();
            },
        }, until.Task);
    }

    private static string Cause(TestHost host) =>
        Assert.Single(host.Logs.GetSnapshot(), static record => record.Id.Name == "GoodbyeCut").Message.Split("without the rest of it. ")[1];
}
