using Late.Hosting.Tests.Support;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Testing;

namespace Late.Hosting.Tests.Connection.Sessions;

/// <summary>Failures that meet one another, or the host's stop.</summary>
public sealed class FailureTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact(Timeout = 30_000)]
    public async Task P9_bytes_that_a_failed_write_leaves_behind_do_not_keep_a_lost_session()
    {
        var handler = new ScriptedHandler { In = (_, state, _) => LateResult.Send(state, LateFrame.Text("answer")) };
        await using var host = new TestHost(handler, options => options.SendTimeout = TimeSpan.FromSeconds(7));
        var socket = await host.ReadyAsync();
        socket.BlockWrites();
        socket.Send("question");
        await host.Time.TimerAsync(host.Time.GetUtcNow() + TimeSpan.FromSeconds(7));

        socket.Drop();
        await host.StateAsync(LateConnectionState.Reconnecting);
        socket.Abort();

        Assert.Equal("Init", await handler.NextAsync());
        Assert.Equal("Connect", await handler.NextAsync());
        Assert.Equal("In question", await handler.NextAsync());
        Assert.Equal("Disconnect ConnectionLost", await handler.NextAsync().WaitAsync(TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task P9_a_stop_that_gives_no_time_is_no_failure_of_InitAsync()
    {
        var handler = new ScriptedHandler { Init = async (_, _) => await new TaskCompletionSource<int>().Task };
        await using var host = new TestHost(handler);
        await host.StartAsync();
        Assert.Equal("Init", await handler.NextAsync());

        await host.StopAsync(new CancellationToken(canceled: true));

        Assert.DoesNotContain(host.Logs.GetSnapshot(), entry => entry.Level == LogLevel.Critical);
    }

    [Fact]
    public async Task P15_a_fault_is_logged_when_it_is_seen_and_not_after_HandleDisconnect()
    {
        var hold = new TaskCompletionSource();
        var handler = new ScriptedHandler
        {
            Connect = (_, _) => throw new InvalidOperationException("no"),
            Disconnect = async (_, state, _) =>
            {
                await hold.Task;
                return LateDisconnectResult.Ok(state);
            },
        };
        await using var host = new TestHost(handler, options => options.HandlerErrors = LateHandlerErrorBehavior.Stop);
        await host.StartAsync();
        await host.Transport.AcceptAsync();
        await host.StateAsync(LateConnectionState.Faulted);
        await host.LoggedAsync("Faulted");

        Assert.Single(host.Logs.GetSnapshot(), entry => entry.Level == LogLevel.Critical);
        hold.SetResult();
        await host.StopAsync(Token);
        Assert.Single(host.Logs.GetSnapshot(), entry => entry.Level == LogLevel.Critical);
    }

    [Fact]
    public async Task P1_no_new_state_is_made_concurrently_with_an_abandoned_HandleDisconnect()
    {
        var handler = new ScriptedHandler
        {
            Connect = (_, _) => throw new InvalidOperationException("no"),
            Disconnect = async (_, _, _) => await new TaskCompletionSource<LateDisconnectResult<int>>().Task,
        };
        await using var host = new TestHost(handler, options => options.HandlerErrors = LateHandlerErrorBehavior.Restart);
        await host.StartAsync();
        await host.Transport.AcceptAsync();
        Assert.Equal("Init", await handler.NextAsync());
        Assert.Equal("Connect", await handler.NextAsync());
        Assert.Equal("Disconnect HandlerError", await handler.NextAsync());

        await host.StopAsync(new CancellationToken(canceled: true));

        Assert.Empty(handler.Trace());
    }

    [Fact]
    public async Task A_token_whose_callback_throws_at_a_request_for_a_new_session_disturbs_neither_the_caller_nor_the_connection()
    {
        var waiting = new TaskCompletionSource();
        var attempts = 0;
        await using var host = new TestHost(build: connection => connection.ConfigureHandshake(async (_, token) =>
        {
            if (++attempts == 1)
            {
                token.Register(static () => throw new InvalidOperationException("Thrown by a callback of the token."));
                waiting.SetResult();
                await new TaskCompletionSource().Task.WaitAsync(token);
            }
        }));
        await host.StartAsync();
        await waiting.Task;

        await host.Client.ReconnectAsync("now", Token);

        await host.Transport.AcceptAsync();
        await host.Client.WaitForReadyAsync(Token);
    }

    [Fact]
    public async Task The_end_of_a_session_is_logged_behind_its_beginning_although_a_log_reconnects_at_that_line()
    {
        TestHost? host = null;
        var sink = FakeLogCollector.Create(new FakeLogCollectorOptions
        {
            OutputSink = line =>
            {
                if (line.Contains("connected (attempt 1)", StringComparison.Ordinal))
                {
                    _ = host!.Client.ReconnectAsync("at the line", CancellationToken.None);
                }
            },
        });
        var behind = new FakeLogCollector();
        await using var made = host = new TestHost(build: connection => connection.Services
            .AddSingleton<ILoggerProvider>(new FakeLoggerProvider(sink))
            .AddSingleton<ILoggerProvider>(new FakeLoggerProvider(behind)));
        await host.StartAsync();
        await host.Transport.AcceptAsync();
        await host.Transport.AcceptAsync();

        Assert.Equal(
            ["Connected", "SessionEnded"],
            behind.GetSnapshot().Select(static record => record.Id.Name).Where(static name => name is "Connected" or "SessionEnded").Take(2));
    }
}
