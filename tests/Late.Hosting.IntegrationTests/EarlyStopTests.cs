using Late.Hosting.IntegrationTests.Support;

namespace Late.Hosting.IntegrationTests;

/// <summary>Promise P9 where there is no session that is ready: stopping always ends.</summary>
public sealed class EarlyStopTests
{
    private static readonly TimeSpan CloseTimeout = TimeSpan.FromSeconds(13);
    private static readonly TimeSpan GracePeriod = TimeSpan.FromSeconds(11);

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [BoundedFact]
    public async Task P9_a_stop_while_the_next_attempt_is_waited_for_ends_immediately()
    {
        await using var server = await TestServer.StartAsync();
        await using var app = Stopping(server.Uri, new TestClock());
        await app.StartAsync();
        (await server.RequestAsync()).Refuse(503);
        await app.BackoffAsync();
        var call = app.Client.CallAsync(new Ask("price"), Token);

        await app.StopAsync();
        Assert.Equal(LateDelivery.NotDelivered, (await Assert.ThrowsAsync<LateStoppedException>(() => call)).Delivery);
        await app.Life.ExpectAsync("Init", "Terminate HostStopping");
    }

    [BoundedFact]
    public async Task P9_a_stop_during_a_handshake_that_never_ends_ends_immediately()
    {
        using var server = RawServer.Start();
        await using var app = Stopping(server.Uri, new TestClock());
        await app.StartAsync();
        using var peer = await server.ConnectionAsync();
        await peer.ReadRequestAsync();

        await app.StopAsync();
        await peer.EndAsync();
        await app.Life.ExpectAsync("Init", "Terminate HostStopping");
    }

    [BoundedFact]
    public async Task P9_a_stop_while_HandleConnect_runs_cancels_it()
    {
        await using var server = await TestServer.StartAsync();
        await using var app = Stopping(server.Uri, new TestClock());
        app.Script.Connect = async (_, state, ct) =>
        {
            await new TaskCompletionSource().Task.WaitAsync(ct);
            return LateResult.Ok(state);
        };
        await app.StartAsync();
        var peer = await server.AcceptAsync();
        await app.Life.ExpectAsync("Init", "Connect");

        var stop = app.StopAsync();
        Assert.Equal(1000, (await peer.AnswerCloseAsync()).Code);
        await stop;
        await app.Life.ExpectAsync("Disconnect HostStopping", "Terminate HostStopping");
    }

    [BoundedFact]
    public async Task P9_a_stop_while_Init_runs_cancels_it()
    {
        await using var server = await TestServer.StartAsync();
        await using var app = Stopping(server.Uri, new TestClock());
        app.Script.Init = async (_, ct) =>
        {
            await new TaskCompletionSource().Task.WaitAsync(ct);
            return 0;
        };
        await app.StartAsync();
        await app.Life.ExpectAsync("Init");

        await app.StopAsync();
        Assert.Equal(LateConnectionState.Stopped, app.Client.State);
        Assert.Equal(0, server.Requests);
    }

    [BoundedFact]
    public async Task P9_a_stop_while_HandleDisconnect_runs_waits_and_then_cancels_it()
    {
        var clock = new TestClock();
        await using var server = await TestServer.StartAsync();
        await using var app = Stopping(server.Uri, clock);
        app.Script.Disconnect = async (_, state, ct) =>
        {
            await new TaskCompletionSource().Task.WaitAsync(ct);
            return LateDisconnectResult.Ok(state);
        };
        var peer = await app.StartAsync(server);
        peer.Drop();
        await app.Life.ExpectAsync("Init", "Connect", "Disconnect ConnectionLost");

        var stop = app.StopAsync();
        await clock.TimerAsync(GracePeriod + CloseTimeout);
        Assert.False(stop.IsCompleted);
        clock.Advance(GracePeriod);
        await stop;
        await app.Life.ExpectAsync("Terminate HostStopping");
        Assert.Equal(1, server.Requests);
    }

    [BoundedFact]
    public async Task P9_a_stop_is_reported_as_the_hosts_also_when_an_attempt_begins_at_the_same_moment()
    {
        var clock = new TestClock();
        await using var server = await TestServer.StartAsync();
        await using var app = Stopping(server.Uri, clock);
        app.Script.Disconnect = async (_, state, ct) =>
        {
            await app.Script.Client.PostAsync(new Note("for the next session"), ct);
            return LateDisconnectResult.Ok(state);
        };
        var (peer, terminated) = (await app.StartAsync(server), new SemaphoreSlim(0));
        app.Script.Terminate = (_, _, _) =>
        {
            terminated.Release();
            return default;
        };
        peer.Drop();
        var delay = await app.BackoffAsync();
        app.Logs.Writing = entry =>
        {
            if (entry.Event.Name == "PostDropped")
            {
                // The stop has begun, and is here. The next attempt is due, and finds it so.
                clock.Advance(delay);
                terminated.Wait(Token);
            }
        };

        await app.StopAsync();
        Assert.Equal(LateTerminateKind.HostStopping, app.Script.Terminated!.Kind);
        Assert.Equal(1, server.Requests);
    }

    private static TestApp Stopping(Uri uri, TestClock clock) => new(uri, options => (options.CloseTimeout, options.CallbackGracePeriod) = (CloseTimeout, GracePeriod), clock);
}
