using Late.Hosting.IntegrationTests.Support;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Late.Hosting.IntegrationTests;

/// <summary>Promise P19 on a real socket: what <c>HandleCallEnd</c> may do, by each end of a call.</summary>
public sealed class CallEndTests
{
    private static readonly TimeSpan s_callTimeout = TimeSpan.FromSeconds(5);

    private readonly TestClock _clock = new();
    private readonly Ending _ending = new();
    private readonly LogProbe _logs = new();

    public static TheoryData<LateCallEndReason, string, int?> Ends()
    {
        var data = new TheoryData<LateCallEndReason, string, int?>();
        foreach (var reason in new[] { LateCallEndReason.TimedOut, LateCallEndReason.Canceled })
        {
            foreach (var act in new[] { "throws", "posts", "returns a frame", "replies", "sends", "calls", "releases its slot" })
            {
                data.Add(reason, act, null);
                data.Add(reason, act, 1);
            }
        }

        return data;
    }

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [BoundedTheory]
    [MemberData(nameof(Ends))]
    public async Task P19_HandleCallEnd_runs_once_and_whatever_it_does_the_next_call_is_replied_to(LateCallEndReason reason, string act, int? maxConcurrentCalls)
    {
        _ending.Act = Act(act);
        await using var server = await TestServer.StartAsync();
        using var host = Host(server, maxConcurrentCalls);
        var (client, peer) = await StartAsync(host, server);
        using var caller = new CancellationTokenSource();
        var call = client.CallAsync(new Ask("a"), caller.Token);
        Assert.Equal("1 a", await peer.ReceiveAsync());
        if (reason == LateCallEndReason.Canceled)
        {
            await caller.CancelAsync();
            await Assert.ThrowsAnyAsync<OperationCanceledException>(() => call);
        }
        else
        {
            _clock.Advance(s_callTimeout);
            Assert.Equal(LateDelivery.Unknown, (await Assert.ThrowsAsync<LateCallTimeoutException>(() => call)).Delivery);
        }

        if (act == "throws")
        {
            await _logs.NextAsync("CallbackThrew");
        }
        else
        {
            Assert.Equal(Expected(act), await peer.ReceiveAsync());
        }

        if (act != "releases its slot")
        {
            // The server's answer to a canceled call releases its slot.
            await peer.SendAsync("1 late");
        }

        await RoundTripAsync(client, peer, 2);
        Assert.Equal([("a", reason)], _ending.Ends);
        Assert.Equal((0, 0), (_ending.Life.Overlaps, _ending.Pending.Count));
        await StopAsync(host, peer);
    }

    [BoundedTheory]
    [InlineData("reply")]
    [InlineData("failure")]
    [InlineData("drop")]
    [InlineData("close")]
    [InlineData("stop")]
    public async Task P19_HandleCallEnd_does_not_run_where_a_call_ends_by(string end)
    {
        await using var server = await TestServer.StartAsync();
        using var host = Host(server, maxConcurrentCalls: 1);
        var (client, peer) = await StartAsync(host, server);
        var call = client.CallAsync(new Ask("a"), Token);
        Assert.Equal("1 a", await peer.ReceiveAsync());
        if (end == "stop")
        {
            await StopAsync(host, peer);
            Assert.Equal(LateDelivery.Unknown, (await Assert.ThrowsAsync<LateStoppedException>(() => call)).Delivery);
        }
        else
        {
            peer = await EndAsync(call, end, server, peer);
            await client.WaitForReadyAsync(Token);
            _clock.Advance(2 * s_callTimeout);
            await RoundTripAsync(client, peer, 2);
            await StopAsync(host, peer);
        }

        Assert.Empty(_ending.Ends);
        Assert.Equal(0, _ending.Pending.Count);
    }

    [BoundedFact]
    public async Task P19_P9_the_frames_of_a_HandleCallEnd_that_runs_at_a_stop_leave_before_the_close_frame()
    {
        var hold = new TaskCompletionSource();
        await using var server = await TestServer.StartAsync();
        using var host = Host(server, maxConcurrentCalls: 1);
        var (client, peer) = await StartAsync(host, server);
        await BeginEndAsync(client, peer, hold);
        var stopping = host.StopAsync(Token);
        await StateAsync(client, LateConnectionState.Stopping);
        hold.SetResult();

        Assert.Equal("cancel a", await peer.ReceiveAsync());
        Assert.Null(await peer.ReceiveAsync());
        await peer.AnswerAsync();
        await stopping;
    }

    [BoundedFact]
    public async Task P19_P4_the_frames_of_a_HandleCallEnd_whose_session_is_lost_meanwhile_are_not_for_the_next()
    {
        var hold = new TaskCompletionSource();
        await using var server = await TestServer.StartAsync();
        using var host = Host(server, maxConcurrentCalls: 1);
        var (client, peer) = await StartAsync(host, server);
        await BeginEndAsync(client, peer, hold);
        peer.Drop();
        await StateAsync(client, LateConnectionState.Reconnecting);
        hold.SetResult();

        await _ending.Life.ExpectAsync("Disconnect");
        peer = await server.AcceptAsync();
        await client.WaitForReadyAsync(Token);
        await RoundTripAsync(client, peer, 2);
        await StopAsync(host, peer);
    }

    private static Func<ILateClient<EndingHandler>, LateCallEnd<Ask>, int, ValueTask<LateResult<int>>> Act(string act) => async (client, end, state) =>
    {
        switch (act)
        {
            case "throws":
                throw new InvalidDataException();
            case "posts":
                await client.PostAsync(new Note("posted"), Token);
                return LateResult.Ok(state);
            case "replies":
                return LateResult.Send(state, LateFrame.Text($"{((LateCall<string>)end.Call).Reply("late")} {end.Call.Fail(new InvalidDataException())}"));
            case "sends":
                return LateResult.Send(state, LateFrame.Text(await NameOfErrorAsync(() => client.SendAsync(LateFrame.Text("never"), Token).AsTask())));
            case "calls":
                return LateResult.Send(state, LateFrame.Text(await NameOfErrorAsync(() => client.CallAsync(new Ask("never"), Token))));
            case "releases its slot":
                return LateResult.Send(state, LateFrame.Text("cancel a")).ReleaseSlot();
            default:
                return LateResult.Send(state, LateFrame.Text("cancel a"));
        }
    };

    private static string Expected(string act) => act switch
    {
        "posts" => "posted",
        "replies" => "False False",
        "sends" or "calls" => nameof(InvalidOperationException),
        _ => "cancel a",
    };

    private static async Task<string> NameOfErrorAsync(Func<Task> action)
    {
        try
        {
            await action();
            return "";
        }
        catch (Exception exception)
        {
            return exception.GetType().Name;
        }
    }

    private static async Task StateAsync(ILateClient client, LateConnectionState state)
    {
        await foreach (var status in client.WatchAsync(Token))
        {
            if (status.State == state)
            {
                return;
            }
        }
    }

    private static async Task<TestPeer> EndAsync(Task<string> call, string end, TestServer server, TestPeer peer)
    {
        switch (end)
        {
            case "reply":
                await peer.SendAsync("1 yes");
                Assert.Equal("yes", await call);
                return peer;
            case "failure":
                await peer.SendAsync("1 !");
                await Assert.ThrowsAsync<InvalidDataException>(() => call);
                return peer;
            case "drop":
                peer.Drop();
                break;
            default:
                await peer.CloseAsync(1012, "restart");
                break;
        }

        Assert.Equal(LateDelivery.Unknown, (await Assert.ThrowsAsync<LateDisconnectedException>(() => call)).Delivery);
        return await server.AcceptAsync();
    }

    private static async Task RoundTripAsync(ILateClient<EndingHandler> client, TestPeer peer, int id)
    {
        var call = client.CallAsync(new Ask("next"), Token);
        Assert.Equal($"{id} next", await peer.ReceiveAsync());
        await peer.SendAsync($"{id} yes");
        Assert.Equal("yes", await call);
    }

    private static async Task StopAsync(IHost host, TestPeer peer)
    {
        var stopping = host.StopAsync(Token);
        await peer.AnswerCloseAsync();
        await stopping;
    }

    private static async Task<(ILateClient<EndingHandler> Client, TestPeer Peer)> StartAsync(IHost host, TestServer server)
    {
        await host.StartAsync(Token);
        var client = host.Services.GetRequiredService<ILateClient<EndingHandler>>();
        var peer = await server.AcceptAsync();
        await client.WaitForReadyAsync(Token);
        return (client, peer);
    }

    /// <summary>A call ends by its timeout, and its <c>HandleCallEnd</c> begins.</summary>
    private async Task BeginEndAsync(ILateClient<EndingHandler> client, TestPeer peer, TaskCompletionSource hold)
    {
        _ending.Act = async (_, _, state) =>
        {
            await hold.Task;
            return LateResult.Send(state, LateFrame.Text("cancel a"));
        };
        var call = client.CallAsync(new Ask("a"), Token);
        Assert.Equal("1 a", await peer.ReceiveAsync());
        _clock.Advance(s_callTimeout);
        await Assert.ThrowsAsync<LateCallTimeoutException>(() => call);
        await _ending.Life.ExpectAsync("Call a", "CallEnd a");
    }

    private IHost Host(TestServer server, int? maxConcurrentCalls)
    {
        var builder = Microsoft.Extensions.Hosting.Host.CreateEmptyApplicationBuilder(new HostApplicationBuilderSettings());
        builder.Logging.AddProvider(_logs);
        builder.Services.AddSingleton<TimeProvider>(_clock).AddSingleton(_ending);
        builder.Services.AddLateConnection<EndingHandler>(options =>
            (options.Uri, options.MaxConcurrentCalls, options.KeepAliveInterval) = (server.Uri, maxConcurrentCalls, TimeSpan.FromHours(1)));
        return builder.Build();
    }
}
