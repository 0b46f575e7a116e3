using Late.Hosting.IntegrationTests.Support;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace Late.Hosting.IntegrationTests;

/// <summary>All the ways in which a host ends: <c>HandleTerminate</c> is run, with the true reason (promise P3).</summary>
public sealed class DisposeTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [BoundedTheory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_host_that_is_disposed_without_a_stop_reports_it(bool isAsync)
    {
        using var server = RawServer.Start();
        await using var app = new TestApp(server.Uri);
        await app.StartAsync();
        using var peer = await server.AcceptAsync();
        await app.Client.WaitForReadyAsync(Token);
        var ending = DisposeAsync(app.Host, isAsync);
        Assert.Equal(1000, await peer.ReadCloseAsync());
        peer.Dispose();

        await ending;
        await app.Life.ExpectAsync("Init", "Connect", "Disconnect HostStopping", "Terminate HostStopping");
        Assert.Equal("The host was disposed without having been stopped.", app.Script.Terminated!.Description);
        Assert.Equal("The host was disposed without having been stopped.", app.Script.Disconnected!.Description);
        await app.ReachAsync(LateConnectionState.Stopped);
    }

    [BoundedTheory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_supervisor_that_is_disposed_without_a_stop_stops_its_connections(bool isAsync)
    {
        using var server = RawServer.Start();
        await using var own = new OwnSupervisor(server.Uri);
        var client = await own.StartAsync();
        using var peer = await server.AcceptAsync();
        await client.WaitForReadyAsync(Token);
        var ending = DisposeAsync(own.Host, isAsync);
        Assert.Equal(1000, await peer.ReadCloseAsync());
        peer.Dispose();

        await ending;
        await own.Life.ExpectAsync("Init", "Connect", "Disconnect HostStopping", "Terminate HostStopping");
        Assert.Equal("The host was disposed without having been stopped.", own.Script.Terminated!.Description);
    }

    [BoundedFact]
    public async Task A_host_that_is_disposed_between_sessions_reports_it()
    {
        using var server = RawServer.Start();
        await using var app = new TestApp(server.Uri);
        await app.StartAsync();
        using var peer = await server.ConnectionAsync();
        await app.ReachAsync(LateConnectionState.Connecting);
        await ((IAsyncDisposable)app.Host).DisposeAsync();

        await app.Life.ExpectAsync("Init", "Terminate HostStopping");
        Assert.Equal("The host was disposed without having been stopped.", app.Script.Terminated!.Description);
    }

    [BoundedFact] // What follows finds no services any more.
    public async Task A_host_that_is_disposed_inside_InitAsync_reports_it()
    {
        using var server = RawServer.Start();
        await using var app = new TestApp(server.Uri);
        var started = new TaskCompletionSource();
        app.Script.Init = async (_, _) =>
        {
            await started.Task;
            app.Host.Dispose();
            return 0;
        };
        await app.StartAsync();
        started.SetResult();

        await app.Life.ExpectAsync("Init", "Terminate HostStopping");
        Assert.Equal("The host was disposed without having been stopped.", app.Script.Terminated!.Description);
    }

    [BoundedFact] // Another service fails at start: the host is disposed, and was never stopped.
    public async Task A_host_whose_start_fails_elsewhere_ends_its_connections_with_the_true_reason()
    {
        using var server = RawServer.Start();
        await using var app = new TestApp(
            server.Uri,
            options => options.Startup = LateStartupMode.WaitForReady,
            configure: static builder => builder.Services.AddHostedService<FailingService>());
        var running = app.Host.RunAsync(Token);
        using var peer = await server.AcceptAsync();
        await peer.ReadCloseAsync();
        peer.Dispose();

        await Assert.ThrowsAsync<NotSupportedException>(() => running);
        await app.Life.ExpectAsync("Init", "Connect", "Disconnect HostStopping", "Terminate HostStopping");
    }

    [BoundedFact] // The application is stopped while its start still waits for a first session.
    public async Task An_application_that_is_stopped_during_its_start_ends_its_connections_with_the_true_reason()
    {
        using var server = RawServer.Start();
        await using var app = new TestApp(server.Uri, options => options.Startup = LateStartupMode.WaitForReady);
        var starting = app.StartAsync();
        using var connection = await server.ConnectionAsync();
        await app.ReachAsync(LateConnectionState.Connecting);
        app.Host.Services.GetRequiredService<IHostApplicationLifetime>().StopApplication();

        await Assert.ThrowsAnyAsync<Exception>(() => starting);
        await app.Life.ExpectAsync("Init", "Terminate HostStopping");
        Assert.Equal("The host is stopping.", app.Script.Terminated!.Description);
    }

    [BoundedFact] // The first to stop a connection determines why it ends, also where the host stops while it does.
    public async Task A_handler_that_stopped_its_connection_observes_that_though_the_host_stops_meanwhile()
    {
        using var server = RawServer.Start();
        await using var app = new TestApp(server.Uri);
        app.Script.Info = (_, state, _) => LateResult.Stop(state);
        await app.StartAsync();
        using var peer = await server.AcceptAsync();
        await app.Client.WaitForReadyAsync(Token);
        await app.Client.PostAsync(new Note("stop"), Token);
        await peer.ReadCloseAsync();
        var stopping = app.StopAsync();
        peer.Dispose();

        await stopping;
        await app.Life.ExpectAsync("Init", "Connect", "Info stop", "Disconnect HandlerStopped", "Terminate HandlerStopped");
    }

    [BoundedFact] // What has ended is not stopped once more when the host is disposed.
    public async Task A_faulted_connection_stays_faulted_when_its_host_is_disposed()
    {
        using var server = RawServer.Start();
        await using var app = new TestApp(server.Uri, options => options.HandlerErrors = LateHandlerErrorBehavior.Stop);
        app.Script.Info = (_, _, _) => throw new NotSupportedException();
        await app.StartAsync();
        using var peer = await server.AcceptAsync();
        await app.Client.WaitForReadyAsync(Token);
        await app.Client.PostAsync(new Note("fail"), Token);
        Assert.Equal(1011, await peer.ReadCloseAsync());
        peer.Dispose();
        await app.Life.SkipToAsync("Terminate Faulted");
        await app.Logs.NextAsync("Stopped");
        await ((IAsyncDisposable)app.Host).DisposeAsync();

        Assert.Equal(LateConnectionState.Faulted, app.Client.State);
    }

    private static async Task DisposeAsync(IHost host, bool isAsync)
    {
        if (isAsync)
        {
            await ((IAsyncDisposable)host).DisposeAsync();
        }
        else
        {
            host.Dispose();
        }
    }

    private sealed class FailingService : IHostedService
    {
        public Task StartAsync(CancellationToken cancellationToken) => Task.FromException(new NotSupportedException("It fails."));

        public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
    }
}
