using Late.Hosting.Connection;
using Late.Hosting.Tests.Support;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace Late.Hosting.Tests.Registration;

/// <summary><see cref="ILateCaller{THandler}"/> is injected wherever <see cref="ILateClient{THandler}"/> is.</summary>
public sealed class CallerTests
{
    [Fact]
    public async Task The_caller_of_a_connection_is_its_client()
    {
        await using var host = new TestHost();

        Assert.Same(host.Client, host.Services.GetRequiredService<ILateCaller<ForwardingHandler>>());
    }

    [Fact]
    public async Task A_call_a_post_and_a_send_of_the_caller_reach_the_handler()
    {
        await using var host = new TestHost();
        var socket = await host.ReadyAsync();
        var caller = host.Services.GetRequiredService<ILateCaller<ForwardingHandler>>();

        Assert.Equal("a", await caller.CallAsync(new Ask("a"), TestContext.Current.CancellationToken));
        await caller.PostAsync(new Note("b"), TestContext.Current.CancellationToken);
        await caller.SendAsync(LateFrame.Text("c"), TestContext.Current.CancellationToken);

        Assert.Equal("c", await socket.SentAsync());
        Assert.Equal(["Init", "Connect", "Call a", "Info b"], host.Handler.Trace());
        Assert.Equal("Forwarding", caller.Name);
    }

    [Fact]
    public async Task Named_connections_have_callers_of_their_names()
    {
        var services = new ServiceCollection();
        services.AddLateConnection<ForwardingHandler>("eu");
        services.AddLateConnection<ForwardingHandler>("us");
        await using var provider = services.BuildServiceProvider();

        Assert.Equal("eu", provider.GetRequiredKeyedService<ILateCaller<ForwardingHandler>>("eu").Name);
        Assert.Same(provider.GetRequiredKeyedService<ILateClient<ForwardingHandler>>("us"), provider.GetRequiredKeyedService<ILateCaller<ForwardingHandler>>("us"));
        Assert.Contains(
            "ILateCaller<ForwardingHandler> is injected without a name, and ForwardingHandler is registered only with names: eu, us.",
            Assert.Throws<InvalidOperationException>(provider.GetRequiredService<ILateCaller<ForwardingHandler>>).Message,
            StringComparison.Ordinal);
        Assert.Contains(
            "There is no ILateCaller<ForwardingHandler> with the key 'as'.",
            Assert.Throws<InvalidOperationException>(() => provider.GetRequiredKeyedService<ILateCaller<ForwardingHandler>>("as")).Message,
            StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_handler_that_takes_a_caller_of_its_own_type_gets_that_of_its_own_connection()
    {
        var made = new List<string>();
        var services = Host.CreateEmptyApplicationBuilder(new HostApplicationBuilderSettings()).Services;
        services.AddSingleton(made);
        services.AddLateConnection<SelfHandler>("eu", static options => options.Uri = new Uri("ws://eu.example"));
        await using var provider = services.BuildServiceProvider();

        provider.GetRequiredService<ConnectionFactory<SelfHandler>>().CreateHandler(
            provider.GetRequiredKeyedService<ConnectionContext>("eu"),
            provider.GetRequiredKeyedService<ILateClient<SelfHandler>>("eu"));

        Assert.Equal(["eu"], made);
    }

    private sealed class SelfHandler : LateHandler<int>
    {
        public SelfHandler(ILateCaller<SelfHandler> self, List<string> made) => made.Add(self.Name);
    }
}
