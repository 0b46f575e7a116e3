using Late.Hosting.Leases.Tests.Support;
using Late.Hosting.Testing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace Late.Hosting.Leases.Tests;

/// <summary>Promise P21 for the connections of a supervisor: each key has a lease of its own.</summary>
public sealed class SupervisorTests
{
    private readonly LateTestClock _clock = new();
    private readonly MemoryStore _store;

    public SupervisorTests() => _store = new MemoryStore(_clock);

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task P21_Each_key_has_a_lease_and_a_start_does_not_wait_for_it()
    {
        var peers = new LateTestPeers(_clock);
        _store.Grant("devices/2", TimeSpan.FromMinutes(1));
        using var host = Build(peers);
        await host.StartAsync(Token);
        var devices = host.Services.GetRequiredService<ILateSupervisor<OwnedHandler>>();
        var one = await devices.StartAsync("1", static options => options.Startup = LateStartupMode.Background, cancellationToken: Token);
        var two = await devices.StartAsync("2", static options => options.Startup = LateStartupMode.WaitForReady, cancellationToken: Token);
        Assert.Equal(LateConnectionState.Standby, two.State);
        var session = await peers["1"].AcceptAsync();
        await session.WaitUntilReadyAsync();
        Assert.Equal((LateConnectionState.Ready, 1), (one.State, _store.Held("devices/1")));

        await devices.StopAsync("1", Token);
        Assert.Null(_store.Held("devices/1"));
        await devices.StopAsync("2", Token);
        Assert.Equal(1, _store.Held("devices/2"));
        await host.StopAsync(Token);
    }

    private IHost Build(LateTestPeers peers)
    {
        var builder = Host.CreateEmptyApplicationBuilder(new HostApplicationBuilderSettings());
        builder.Services.AddSingleton<CallbackTrace>();
        builder.Services.AddLateTestPeers<OwnedHandler>(peers);
        builder.Services.AddLateSupervisor<OwnedHandler>().UseLease("devices");
        builder.Services.AddSingleton<ILateLeaseStore>(_store);
        return builder.Build();
    }
}
