using Late.Hosting.Testing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace Late.Hosting.Tests.Supervision;

/// <summary>Connections that are started and stopped by key.</summary>
public sealed class SupervisorTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_connection_has_its_key_in_its_name_and_what_its_start_gives_it_in_its_handler()
    {
        await using var host = new SupervisedHost();
        await host.StartAsync();

        var (client, _) = await host.ReadyAsync("charger-17");
        await host.ReadyAsync("charger-18");

        Assert.Equal("Device/charger-17", client.Name);
        Assert.Equal("charger-17", await client.CallAsync(new Query(), Token));
        Assert.Equal(["Init charger-17 of Device/charger-17", "Init charger-18 of Device/charger-18"], host.Log.Lines);
        Assert.Contains(host.Logs.GetSnapshot(), record => record.Message.StartsWith("Device/charger-18: ready", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_handler_that_takes_services_only_is_made_by_the_container_and_has_its_key_in_its_context()
    {
        var builder = Host.CreateEmptyApplicationBuilder(new HostApplicationBuilderSettings());
        var peers = new LateTestPeers();
        builder.Services.AddSingleton<DeviceLog>();
        builder.Services.AddLateTestPeers<KeyHandler>(peers);
        builder.Services.AddLateSupervisor<KeyHandler>();
        builder.Services.AddLateTestPeer<KeyHandler>("single", new LateTestPeer(peers.Clock));
        builder.Services.AddLateConnection<KeyHandler>("single", static options => options.Uri = new Uri("ws://device.example/"));
        using var host = builder.Build();
        await host.StartAsync(Token);

        var client = await host.Services.GetRequiredService<ILateSupervisor<KeyHandler>>().StartAsync("17", cancellationToken: Token);
        await peers["17"].AcceptAsync();
        await client.WaitForReadyAsync(Token);

        await SupervisedHost.UntilAsync(() => host.Services.GetRequiredService<DeviceLog>().Lines.Count == 2);
        Assert.Equal(["key 17 of Key/17", "no key of single"], host.Services.GetRequiredService<DeviceLog>().Lines.Order());
    }

    [Fact]
    public async Task A_start_whose_handler_cannot_be_made_fails_with_that_exception_and_its_key_is_free()
    {
        await using var host = new SupervisedHost();
        await host.StartAsync();

        var error = await Assert.ThrowsAsync<InvalidDataException>(() => host.Devices.StartAsync("a", create: static _ => throw new InvalidDataException("no device"), cancellationToken: Token));

        Assert.Equal("no device", error.Message);
        await host.ReadyAsync("a");
    }

    [Fact]
    public async Task A_start_whose_delegate_makes_no_handler_fails_and_names_it()
    {
        await using var host = new SupervisedHost();
        await host.StartAsync();

        var error = await Assert.ThrowsAsync<InvalidOperationException>(() => host.Devices.StartAsync("a", create: static _ => null!, cancellationToken: Token));

        Assert.Contains("the delegate 'create' returned null. Return a new handler.", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task All_keys_are_listed_with_their_states()
    {
        await using var host = new SupervisedHost();
        await host.StartAsync();
        await host.ReadyAsync("ready");
        await host.StartAsync("waiting");
        await host.Peers["waiting"].NextAttemptAsync();

        Assert.Equal(
            [("ready", LateConnectionState.Ready), ("waiting", LateConnectionState.Connecting)],
            host.Devices.Connections.Select(static entry => (entry.Key, entry.Value.State)).Order());
        Assert.True(host.Devices.TryGet("ready", out var ready));
        Assert.Equal("Device/ready", ready.Name);
        Assert.False(host.Devices.TryGet("other", out _));
    }

    [Fact]
    public async Task A_key_in_use_is_refused_and_nothing_happens_to_it()
    {
        await using var host = new SupervisedHost();
        await host.StartAsync();
        var (client, _) = await host.ReadyAsync("a");

        var error = await Assert.ThrowsAsync<LateKeyInUseException>(() => host.StartAsync("a"));

        Assert.Equal("Device/a", error.ConnectionName);
        Assert.Contains("GetOrStartAsync", error.Message, StringComparison.Ordinal);
        Assert.Equal(LateConnectionState.Ready, client.State);
        Assert.Equal(1, host.Peers["a"].Attempts);
    }

    [Fact]
    public async Task Of_many_concurrent_callers_one_starts_and_all_get_the_same()
    {
        await using var host = new SupervisedHost(options => options.Startup = LateStartupMode.WaitForReady);
        await host.StartAsync();
        var starting = Enumerable.Range(0, 50)
            .Select(_ => Task.Run(() => host.Devices.GetOrStartAsync("a", create: SupervisedHost.Create("a"), cancellationToken: Token), Token)).ToList();
        await host.Peers["a"].AcceptAsync();

        var clients = await Task.WhenAll(starting);

        Assert.Single(clients.Distinct());
        Assert.Equal(LateConnectionState.Ready, clients[0].State);
        Assert.Equal(["Init a of Device/a"], host.Log.Lines);
    }

    [Fact]
    public async Task No_more_are_started_than_MaxConnections_allows()
    {
        await using var host = new SupervisedHost(supervise: options => options.MaxConnections = 2);
        await host.StartAsync();
        await host.StartAsync("a");
        await host.StartAsync("b");

        var error = await Assert.ThrowsAsync<LateConnectionLimitException>(() => host.StartAsync("c"));
        await host.Devices.StopAsync("a", Token);
        await host.StartAsync("c");

        Assert.Contains("MaxConnections", error.Message, StringComparison.Ordinal);
        Assert.Equal(["b", "c"], host.Devices.Connections.Keys.Order());
    }

    [Fact]
    public async Task A_supervisor_that_has_stopped_starts_nothing()
    {
        await using var host = new SupervisedHost();
        await host.StartAsync();
        await host.StopAsync();

        await Assert.ThrowsAsync<LateStoppedException>(() => host.StartAsync("a"));
        await Assert.ThrowsAsync<LateStoppedException>(() => host.Devices.GetOrStartAsync("a", create: SupervisedHost.Create("a"), cancellationToken: Token));
        Assert.Empty(host.Log.Lines);
    }

    [Fact]
    public async Task A_supervisor_that_has_stopped_gives_no_connection_that_it_had()
    {
        await using var host = new SupervisedHost();
        await host.StartAsync();
        var (_, session) = await host.ReadyAsync("a");
        var stopping = host.StopAsync();
        await session.ExpectCloseAsync(LateCloseCode.NormalClosure);
        await stopping;

        await Assert.ThrowsAsync<LateStoppedException>(() => host.Devices.GetOrStartAsync("a", create: SupervisedHost.Create("a"), cancellationToken: Token));
    }

    [Fact]
    public async Task A_caller_starts_the_connection_instead_where_another_caller_cancels_the_start_that_both_wait_for()
    {
        await using var host = new SupervisedHost(options => options.Startup = LateStartupMode.WaitForReady);
        await host.StartAsync();
        using var canceled = new CancellationTokenSource();
        var first = host.StartAsync("a", token: canceled.Token);
        await host.Peers["a"].NextAttemptAsync();
        host.Peers.OnAttempt(static (_, attempt) => attempt.Accept());
        var second = host.Devices.GetOrStartAsync("a", create: SupervisedHost.Create("a"), cancellationToken: Token);
        await canceled.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => first);

        Assert.Equal(LateConnectionState.Ready, (await second).State);
    }

    [Fact]
    public async Task P9_the_stop_of_a_key_closes_its_session_and_frees_the_key()
    {
        await using var host = new SupervisedHost();
        await host.StartAsync();
        var (client, session) = await host.ReadyAsync("a");

        var stopping = host.Devices.StopAsync("a", Token);
        await session.ExpectCloseAsync(LateCloseCode.NormalClosure);

        Assert.True(await stopping);
        Assert.False(await host.Devices.StopAsync("a", Token));
        Assert.Equal(LateConnectionState.Stopped, client.State);
        Assert.Empty(host.Devices.Connections);
        Assert.Equal(
            ["Init a of Device/a", "Disconnect a: The supervisor stopped the connection.", "Terminate a: SupervisorStopping", "Dispose a"], host.Log.Lines);
        await host.ReadyAsync("a");
    }

    [Fact]
    public async Task While_a_key_is_being_stopped_it_cannot_be_started_but_its_end_can_be_waited_for()
    {
        await using var host = new SupervisedHost();
        await host.StartAsync();
        var (old, session) = await host.ReadyAsync("a");
        session.GoSilent();
        var stopping = host.Devices.StopAsync("a", Token);
        await SupervisedHost.StateAsync(old, LateConnectionState.Stopping);

        await Assert.ThrowsAsync<LateKeyInUseException>(() => host.StartAsync("a"));
        var starting = host.Devices.GetOrStartAsync("a", create: SupervisedHost.Create("a"), cancellationToken: Token);
        Assert.False(starting.IsCompleted);
        session.Drop();

        Assert.True(await stopping);
        Assert.NotSame(old, await starting);
    }

    [Fact]
    public async Task P9_the_stop_of_the_host_ends_all_connections_concurrently()
    {
        await using var host = new SupervisedHost();
        await host.StartAsync();
        var sessions = new List<LateTestSession>();
        for (var i = 0; i < 50; i++)
        {
            var (_, session) = await host.ReadyAsync($"{i}");
            session.GoSilent();
            sessions.Add(session);
        }

        var stopping = host.StopAsync();
        foreach (var session in sessions)
        {
            // All are asked to close while none has answered yet.
            await session.ExpectCloseAsync(LateCloseCode.NormalClosure);
        }

        Assert.False(stopping.IsCompleted);
        sessions.ForEach(static session => session.Drop());
        await stopping;
        Assert.Equal(50, host.Log.Lines.Count(static line => line.StartsWith("Dispose", StringComparison.Ordinal)));
        Assert.Equal(50, host.Log.Lines.Count(static line => line.EndsWith(": HostStopping", StringComparison.Ordinal)));
        Assert.All(host.Devices.Connections.Values, static client => Assert.Equal(LateConnectionState.Stopped, client.State));
    }

    [Fact]
    public async Task A_start_that_fails_fast_frees_its_key()
    {
        await using var host = new SupervisedHost(options => options.Startup = LateStartupMode.FailFast);
        await host.StartAsync();
        host.Peers.OnAttempt((_, attempt) => attempt.Refuse(System.Net.HttpStatusCode.BadGateway));

        var error = await Assert.ThrowsAsync<LateConnectException>(() => host.StartAsync("a"));

        Assert.Equal("Device/a", error.ConnectionName);
        Assert.Empty(host.Devices.Connections);
    }

    [Fact]
    public async Task A_token_ends_a_start_and_not_a_connection_that_has_started()
    {
        await using var host = new SupervisedHost();
        await host.StartAsync();
        using var caller = new CancellationTokenSource();
        var waiting = host.StartAsync("waits", options => options.Startup = LateStartupMode.WaitForReady, caller.Token);
        var client = await host.StartAsync("runs", token: caller.Token);
        await host.Peers["waits"].NextAttemptAsync();

        await caller.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => waiting);

        Assert.Equal(["runs"], host.Devices.Connections.Keys);
        await host.Peers["runs"].AcceptAsync();
        await client.WaitForReadyAsync(Token);
    }

    [Fact]
    public async Task Two_supervisors_of_one_handler_have_names()
    {
        var services = new ServiceCollection();
        services.AddSingleton(new DeviceLog()).AddSingleton<IHostApplicationLifetime, NoLifetime>();
        services.AddLateSupervisor<DeviceHandler>("eu", static options => options.Uri = new Uri("ws://eu.example/"));
        services.AddLateSupervisor<DeviceHandler>("us", static options => options.Uri = new Uri("ws://us.example/"));
        await using var provider = services.BuildServiceProvider();

        Assert.Equal("eu", provider.GetRequiredKeyedService<ILateSupervisor<DeviceHandler>>("eu").Name);
        Assert.NotSame(
            provider.GetRequiredKeyedService<ILateSupervisor<DeviceHandler>>("eu"), provider.GetRequiredKeyedService<ILateSupervisor<DeviceHandler>>("us"));
        Assert.Throws<InvalidOperationException>(() => services.AddLateSupervisor<Support.ForwardingHandler>("eu"));
    }

    private sealed class NoLifetime : IHostApplicationLifetime
    {
        public CancellationToken ApplicationStarted => default;

        public CancellationToken ApplicationStopping => default;

        public CancellationToken ApplicationStopped => default;

        public void StopApplication()
        {
        }
    }
}
