using Late.Hosting.Tests.Support;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Testing;

namespace Late.Hosting.Tests.Registration;

/// <summary>What is injected under a name that there is not, or from a scope that a handler does not have: one line names what to do.</summary>
public sealed class MissingServiceTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(null, "ILateClient<ForwardingHandler> is injected without a name, and ForwardingHandler is registered only with names: eu-west, us-east. Inject it with one: [FromKeyedServices(\"…\")] ILateClient<ForwardingHandler>.")]
    [InlineData("eu-wset", "There is no ILateClient<ForwardingHandler> with the key 'eu-wset'. Did you mean eu-west? There are: eu-west, us-east.")]
    [InlineData("EU-WEST", "Did you mean eu-west?")]
    [InlineData("asia", "with the key 'asia'. There are: eu-west, us-east.")]
    public async Task A_client_that_is_not_registered_is_an_error_that_lists_those_there_are(string? key, string wanted)
    {
        var services = new ServiceCollection();
        services.AddLateConnection<ForwardingHandler>("eu-west");
        services.AddLateConnection<ForwardingHandler>("us-east");
        await using var provider = services.BuildServiceProvider();

        var error = Assert.Throws<InvalidOperationException>(() => key is null
            ? provider.GetRequiredService<ILateClient<ForwardingHandler>>()
            : provider.GetRequiredKeyedService<ILateClient<ForwardingHandler>>(key));
        Assert.Contains(wanted, error.Message, StringComparison.Ordinal);
        Assert.Equal("eu-west", provider.GetRequiredKeyedService<ILateClient<ForwardingHandler>>("eu-west").Name);
    }

    [Fact]
    public async Task A_supervisor_that_is_not_registered_is_an_error_that_lists_those_there_are()
    {
        var services = new ServiceCollection();
        services.AddLateSupervisor<ForwardingHandler>("devices");
        await using var provider = services.BuildServiceProvider();

        Assert.Contains("only with names: devices.", Assert.Throws<InvalidOperationException>(provider.GetRequiredService<ILateSupervisor<ForwardingHandler>>).Message, StringComparison.Ordinal);
        Assert.Contains("Did you mean devices?", Assert.Throws<InvalidOperationException>(() => provider.GetRequiredKeyedService<ILateSupervisor<ForwardingHandler>>("device")).Message, StringComparison.Ordinal);
    }

    [Fact] // The handler of a supervisor has no connection until one is started, and its client is the supervisor's to give.
    public async Task A_client_of_a_supervised_handler_is_an_error_that_names_where_it_comes_from()
    {
        const string Wanted = "ForwardingHandler is registered only with a supervisor. Inject ILateSupervisor<ForwardingHandler>: its TryGet returns the client of a key.";
        var services = Host.CreateEmptyApplicationBuilder(new HostApplicationBuilderSettings()).Services;
        services.AddSingleton(new ScriptedHandler());
        services.AddLateSupervisor<ForwardingHandler>();
        await using (var provider = services.BuildServiceProvider())
        {
            Assert.Equal($"ILateClient<ForwardingHandler> is injected, and {Wanted}", Assert.Throws<InvalidOperationException>(provider.GetRequiredService<ILateClient<ForwardingHandler>>).Message);
            Assert.Equal(
                $"There is no ILateClient<ForwardingHandler> with the key 'one': {Wanted}",
                Assert.Throws<InvalidOperationException>(() => provider.GetRequiredKeyedService<ILateClient<ForwardingHandler>>("one")).Message);
        }

        services.AddLateConnection<ForwardingHandler>("eu");
        await using (var provider = services.BuildServiceProvider())
        {
            Assert.Contains("only with names: eu.", Assert.Throws<InvalidOperationException>(provider.GetRequiredService<ILateClient<ForwardingHandler>>).Message, StringComparison.Ordinal);
        }

        services.AddLateConnection<ForwardingHandler>();
        await using (var provider = services.BuildServiceProvider())
        {
            Assert.Equal("Forwarding", provider.GetRequiredService<ILateClient<ForwardingHandler>>().Name);
        }
    }

    [Theory] // A connection without a name is found, in whatever order they are registered.
    [InlineData(false)]
    [InlineData(true)]
    public async Task The_unnamed_connection_is_found_among_named_ones(bool unnamedFirst)
    {
        var services = new ServiceCollection();
        services.AddSingleton(new ScriptedHandler());
        if (unnamedFirst)
        {
            services.AddLateConnection<ForwardingHandler>();
        }

        services.AddLateConnection<ForwardingHandler>("eu");
        if (!unnamedFirst)
        {
            services.AddLateConnection<ForwardingHandler>();
        }

        await using var provider = services.BuildServiceProvider();
        Assert.Equal("Forwarding", provider.GetRequiredService<ILateClient<ForwardingHandler>>().Name);
        Assert.Equal("Forwarding", Assert.Single(provider.GetServices<ILateClient<ForwardingHandler>>()).Name);
    }

    [Theory] // In Production the container gives a scoped service from the root without a word; in Development it refuses.
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_scoped_service_in_a_handler_is_an_error_that_names_CallbackServices(bool isDevelopment)
    {
        await CheckScopedAsync<StoringHandler>(isDevelopment);
        await CheckScopedAsync<KeyedHandler>(isDevelopment);
        await CheckScopedAsync<ManyHandler>(isDevelopment);
        await CheckScopedAsync<TransientHandler>(isDevelopment);
    }

    private static async Task CheckScopedAsync<THandler>(bool isDevelopment)
        where THandler : class, ILateHandler
    {
        var logs = new FakeLogCollector();
        var builder = new HostBuilder().UseEnvironment(isDevelopment ? "Development" : "Production")
            .UseDefaultServiceProvider((context, options) => options.ValidateScopes = context.HostingEnvironment.IsDevelopment())
            .ConfigureServices(services =>
            {
                services.AddSingleton<ILoggerProvider>(new FakeLoggerProvider(logs));
                services.AddScoped(typeof(Store<>));
                services.AddKeyedScoped<Store<int>>("kept");
                services.AddTransient<Storage>();
                services.AddKeyedSingleton<Late.Hosting.Transport.ITransport>("Storing", new FakeTransport());
                services.AddLateConnection<THandler>("Storing", static options => options.Uri = new Uri("ws://feed.example"));
            });
        using var host = builder.Build();

        var handler = $"MissingServiceTests.{typeof(THandler).Name}";
        if (isDevelopment)
        {
            var error = await Assert.ThrowsAsync<InvalidOperationException>(() => host.StartAsync(Token));
            Assert.Contains($"{handler} of connection 'Storing' needs MissingServiceTests.Store<int>, which is registered as scoped", error.Message, StringComparison.Ordinal);
            Assert.Contains("CallbackServices", error.Message, StringComparison.Ordinal);
            return;
        }

        await host.StartAsync(Token);
        var record = Assert.Single(logs.GetSnapshot(), static record => record.Id.Name == "ScopedService");
        Assert.Equal(LogLevel.Warning, record.Level);
        Assert.Contains($"{handler} receives MissingServiceTests.Store<int>, which is registered as scoped", record.Message, StringComparison.Ordinal);
        await host.StopAsync(Token);
    }

    private sealed class Store<T>
    {
        public T? Value { get; init; }
    }

    private sealed class StoringHandler(Store<int> store) : ILateHandler<int>
    {
        public ValueTask<int> InitAsync(LateContext context, CancellationToken cancellationToken) => new(store.Value);
    }

    private sealed class KeyedHandler([FromKeyedServices("kept")] Store<int> store) : ILateHandler<int>
    {
        public ValueTask<int> InitAsync(LateContext context, CancellationToken cancellationToken) => new(store.Value);
    }

    private sealed class ManyHandler(IEnumerable<Store<int>> stores) : ILateHandler<int>
    {
        public ValueTask<int> InitAsync(LateContext context, CancellationToken cancellationToken) => new(stores.Count());
    }

    private sealed class Storage(Store<int> store)
    {
        public int Value => store.Value;
    }

    private sealed class TransientHandler(Storage storage) : ILateHandler<int>
    {
        public ValueTask<int> InitAsync(LateContext context, CancellationToken cancellationToken) => new(storage.Value);
    }
}
