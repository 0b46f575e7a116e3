using Late.Hosting.Testing.Tests.Support;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace Late.Hosting.Testing.Tests;

/// <summary>The one line that puts a peer under an application.</summary>
public sealed class RegistrationTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Named_connections_have_peers_of_their_own_on_one_clock()
    {
        var eu = new LateTestPeer();
        var us = new LateTestPeer(eu.Clock);
        var builder = Host.CreateEmptyApplicationBuilder(new HostApplicationBuilderSettings());
        builder.Services.AddLateTestPeer<TotalHandler>("eu", eu);
        builder.Services.AddLateConnection<TotalHandler>("eu");
        builder.Services.AddLateConnection<TotalHandler>("us");
        builder.Services.AddLateTestPeer<TotalHandler>("us", us);
        using var host = builder.Build();
        await host.StartAsync(Token);
        await (await eu.AcceptAsync()).ExpectAsync("hello 0");
        (await us.NextAttemptAsync()).Fail();
        await (await us.AcceptAsync()).ExpectAsync("hello 0");

        Assert.Equal((1, 2), (eu.Attempts, us.Attempts));
        Assert.Same(eu.Clock, host.Services.GetRequiredService<TimeProvider>());
        await host.StopAsync(Token);
    }

    [Fact]
    public void Two_clocks_in_one_application_are_refused()
    {
        var services = new ServiceCollection().AddLateTestPeer<TotalHandler>("eu", new LateTestPeer());

        var exception = Assert.Throws<InvalidOperationException>(() => services.AddLateTestPeer<TotalHandler>("us", new LateTestPeer()));
        Assert.Contains("new LateTestPeer(clock)", exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Two_peers_under_one_connection_are_refused()
    {
        var peer = new LateTestPeer();
        var services = new ServiceCollection().AddLateTestPeer<TotalHandler>(peer).AddLateTestPeer<TotalHandler>(peer);

        var exception = Assert.Throws<InvalidOperationException>(() => services.AddLateTestPeer<TotalHandler>(new LateTestPeer(peer.Clock)));
        Assert.Contains("'Total' has another LateTestPeer", exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task One_peer_under_two_connections_is_refused()
    {
        var peer = new LateTestPeer();
        var builder = Host.CreateEmptyApplicationBuilder(new HostApplicationBuilderSettings());
        foreach (var name in new[] { "eu", "us" })
        {
            builder.Services.AddLateConnection<TotalHandler>(name);
            builder.Services.AddLateTestPeer<TotalHandler>(name, peer);
        }

        using var host = builder.Build();

        var exception = await Assert.ThrowsAsync<InvalidOperationException>(() => host.StartAsync(Token));
        Assert.Contains("new LateTestPeer(peer.Clock)", exception.Message, StringComparison.Ordinal);
    }
}
