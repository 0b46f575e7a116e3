using System.Net;
using Late.Hosting.IntegrationTests.Support;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Late.Hosting.IntegrationTests;

/// <summary>Promise P15: the terminal state is visible.</summary>
public sealed class FaultTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [BoundedFact]
    public async Task P15_StayFaulted_fails_calls_immediately_with_the_cause()
    {
        await using var server = await TestServer.StartAsync();
        await using var app = new TestApp(server.Uri);
        await app.StartAsync();
        (await server.RequestAsync()).Refuse(401);
        await app.ReachAsync(LateConnectionState.Faulted);

        var errors = new List<LateFaultedException>
        {
            await Assert.ThrowsAsync<LateFaultedException>(() => app.Client.CallAsync(new Ask("a"), Token)),
            await Assert.ThrowsAsync<LateFaultedException>(() => app.Client.PostAsync(new Note("b"), Token).AsTask()),
            await Assert.ThrowsAsync<LateFaultedException>(() => app.Client.SendAsync(LateFrame.Text("c"), Token).AsTask()),
            await Assert.ThrowsAsync<LateFaultedException>(() => app.Client.WaitForReadyAsync(Token)),
        };
        Assert.All(errors, error =>
        {
            Assert.Equal(LateDelivery.NotDelivered, error.Delivery);
            Assert.Equal(HttpStatusCode.Unauthorized, Assert.IsType<LateConnectException>(error.InnerException).StatusCode);
        });
        Assert.False(Stopping(app).IsCancellationRequested);
    }

    [BoundedFact]
    public async Task P15_a_fault_is_logged_critical_once()
    {
        await using var server = await TestServer.StartAsync();
        await using var app = new TestApp(server.Uri);
        await app.StartAsync();
        (await server.RequestAsync()).Refuse(404);

        var entry = await app.Logs.NextAsync("Faulted");
        Assert.Equal(LogLevel.Critical, entry.Level);
        await app.Logs.NextAsync("Stopped");
        await app.StopAsync();
        Assert.Single(app.Logs.Of("Faulted"));
    }

    [BoundedFact]
    public async Task P15_StopHost_stops_the_host()
    {
        await using var server = await TestServer.StartAsync();
        await using var app = new TestApp(server.Uri, options => options.OnFault = LateFaultBehavior.StopHost);
        await app.StartAsync();
        var stopping = new TaskCompletionSource();
        using var registration = Stopping(app).Register(stopping.SetResult);

        (await server.RequestAsync()).Refuse(401);
        await stopping.Task;
        await app.Host.WaitForShutdownAsync(Token);
        Assert.Equal(LateConnectionState.Stopped, app.Client.State);
        await app.Life.ExpectAsync("Init", "Terminate Faulted");
    }

    [BoundedFact]
    public async Task P15_a_faulted_connection_stops_with_the_host_and_terminates_once()
    {
        await using var server = await TestServer.StartAsync();
        await using var app = new TestApp(server.Uri);
        await app.StartAsync();
        (await server.RequestAsync()).Refuse(401);
        await app.Logs.NextAsync("Stopped");

        await app.StopAsync();
        Assert.Equal(LateConnectionState.Stopped, app.Client.State);
        Assert.Equal(["Init", "Terminate Faulted"], app.Life.All);
    }

    [BoundedFact]
    public async Task P15_a_changed_option_begins_a_new_life_which_connects_with_it()
    {
        await using var server = await TestServer.StartAsync();
        var settings = new TestSettings { ["Late:Scripted:Headers:X-Client"] = "one" };
        await using var app = new TestApp(server.Uri, settings: settings);
        await app.StartAsync();
        (await server.RequestAsync()).Refuse(401);
        await app.ReachAsync(LateConnectionState.Faulted);

        settings["Late:Scripted:Headers:X-Client"] = "two";
        settings.Reload();
        await app.AcceptAsync(server);
        await app.Life.ExpectAsync("Init", "Terminate Faulted", "Init", "Connect");
        Assert.Equal(LateConnectionState.Ready, app.Client.State);
    }

    [BoundedFact]
    public async Task P15_ReconnectAsync_begins_a_new_life_and_the_client_stays()
    {
        await using var server = await TestServer.StartAsync();
        await using var app = new TestApp(server.Uri);
        app.Script.In = (_, state, _) => LateResult.Fault(state, "the account is closed");
        var peer = await app.StartAsync(server);
        await peer.SendAsync("closed");
        Assert.Equal(1011, (await peer.AnswerCloseAsync()).Code);
        await app.Logs.NextAsync("Stopped");

        await app.Client.ReconnectAsync("the account is open again", Token);
        await app.AcceptAsync(server);
        await app.Life.ExpectAsync("Init", "Connect", "In closed", "Disconnect HandlerFaulted", "Terminate Faulted", "Init", "Connect");
        Assert.Equal(LateConnectionState.Ready, app.Client.State);
    }

    [BoundedFact]
    public async Task P15_Restart_begins_a_new_life_after_its_delay()
    {
        var clock = new TestClock();
        await using var server = await TestServer.StartAsync();
        await using var app = new TestApp(server.Uri, options => options.OnFault = LateFaultBehavior.Restart, clock: clock);
        app.Logs.Writing = entry =>
        {
            // The delay has begun by the time at which the log names it.
            if (entry.Event.Name == "Restarting")
            {
                clock.Advance(TimeSpan.FromSeconds((double)entry.Values["Seconds"]!));
            }
        };
        await app.StartAsync();
        (await server.RequestAsync()).Refuse(401);

        await app.AcceptAsync(server);
        await app.Life.ExpectAsync("Init", "Terminate Faulted", "Init", "Connect");
    }

    private static CancellationToken Stopping(TestApp app) =>
        app.Host.Services.GetRequiredService<IHostApplicationLifetime>().ApplicationStopping;
}
