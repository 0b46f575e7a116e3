using Late.Hosting.IntegrationTests.Support;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace Late.Hosting.IntegrationTests;

/// <summary>Several connections of one handler type, each with a name, a key and a section of its own.</summary>
public sealed class NamedConnectionTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [BoundedFact]
    public async Task Each_name_has_its_own_section_client_handler_and_state()
    {
        await using var server = await TestServer.StartAsync();
        using var host = Build(server);
        var start = host.StartAsync(Token);
        var peers = new Dictionary<string, TestPeer>();
        for (var i = 0; i < 2; i++)
        {
            var request = await server.RequestAsync();
            peers.Add(request.Context.Request.Path, await request.AcceptAsync());
        }

        await start;
        Assert.Equal("hello from eu", await peers["/eu"].ReceiveAsync());
        Assert.Equal("hello from us", await peers["/us"].ReceiveAsync());
        var eu = host.Services.GetRequiredKeyedService<ILateClient<RegionHandler>>("eu");
        var us = host.Services.GetRequiredKeyedService<ILateClient<RegionHandler>>("us");
        Assert.Equal(("eu", "us"), (eu.Name, us.Name));
        Assert.Equal("eu", await eu.CallAsync(new Region(), Token));
        Assert.Equal("us", await us.CallAsync(new Region(), Token));
        Assert.Contains(
            "only with names: eu, us.", Assert.Throws<InvalidOperationException>(host.Services.GetService<ILateClient<RegionHandler>>).Message, StringComparison.Ordinal);

        var stop = host.StopAsync(Token);
        await Task.WhenAll(peers.Values.Select(peer => peer.AnswerCloseAsync()));
        await stop;
        Assert.Equal(
            [
                "eu: disposed", "eu: made with the client of eu", "eu: terminated",
                "us: disposed", "us: made with the client of us", "us: terminated",
            ],
            host.Services.GetRequiredService<RegionLog>().Lines.Order());
    }

    [BoundedFact]
    public async Task A_service_gets_its_client_by_key()
    {
        await using var server = await TestServer.StartAsync();
        using var host = Build(server, services => services.AddSingleton<Trader>());

        var trader = host.Services.GetRequiredService<Trader>();
        Assert.Equal(("eu", "us"), (trader.Eu.Name, trader.Us.Name));
        Assert.Same(host.Services.GetRequiredKeyedService<ILateClient<RegionHandler>>("eu"), trader.Eu);
    }

    [BoundedFact]
    public async Task The_loss_of_one_leaves_the_other_alone()
    {
        await using var server = await TestServer.StartAsync();
        using var host = Build(server);
        var start = host.StartAsync(Token);
        var first = await server.RequestAsync();
        var dropped = first.Context.Request.Path == "/eu" ? "eu" : "us";
        var peer = await first.AcceptAsync();
        await server.AcceptAsync();
        await start;
        var other = host.Services.GetRequiredKeyedService<ILateClient<RegionHandler>>(dropped == "eu" ? "us" : "eu");

        peer.Drop();
        var again = await server.RequestAsync();
        Assert.Equal($"/{dropped}", again.Context.Request.Path);
        Assert.Equal(LateConnectionState.Ready, other.State);
        await host.StopAsync(new CancellationToken(canceled: true));
    }

    [BoundedFact]
    public async Task A_start_that_fails_leaves_those_behind_it_unstarted_and_the_host_still_stops()
    {
        await using var server = await TestServer.StartAsync();
        using var host = Build(server, services =>
        {
            services.Configure<HostOptions>(options => options.ServicesStartConcurrently = options.ServicesStopConcurrently = false);
            services.Configure<LateConnectionOptions>("eu", options => options.Startup = LateStartupMode.FailFast);
        });

        var start = host.StartAsync(Token);
        (await server.RequestAsync()).Refuse(503);
        await Assert.ThrowsAsync<LateConnectException>(() => start);
        await host.StopAsync(Token);
        Assert.DoesNotContain(host.Services.GetRequiredService<RegionLog>().Lines, line => line.StartsWith("us", StringComparison.Ordinal));
    }

    private static IHost Build(TestServer server, Action<IServiceCollection>? configure = null)
    {
        var builder = Host.CreateEmptyApplicationBuilder(new HostApplicationBuilderSettings());
        builder.Configuration.Sources.Add(new TestSettings
        {
            ["Late:eu:Uri"] = new Uri(server.Uri, "/eu").ToString(),
            ["Late:eu:Reconnect:BaseDelay"] = "00:00:00.001",
            ["Late:us:Uri"] = new Uri(server.Uri, "/us").ToString(),
            ["Late:us:Reconnect:BaseDelay"] = "00:00:00.001",
        });
        builder.Services.Configure<HostOptions>(options => options.ServicesStartConcurrently = options.ServicesStopConcurrently = true);
        builder.Services.AddSingleton<RegionLog>();
        builder.Services.AddLateConnection<RegionHandler>("eu", options => options.Startup = LateStartupMode.WaitForReady);
        builder.Services.AddLateConnection<RegionHandler>("us", options => options.Startup = LateStartupMode.WaitForReady);
        configure?.Invoke(builder.Services);
        return builder.Build();
    }

    private sealed class Trader(
        [FromKeyedServices("eu")] ILateClient<RegionHandler> eu, [FromKeyedServices("us")] ILateClient<RegionHandler> us)
    {
        public ILateClient<RegionHandler> Eu { get; } = eu;

        public ILateClient<RegionHandler> Us { get; } = us;
    }
}
