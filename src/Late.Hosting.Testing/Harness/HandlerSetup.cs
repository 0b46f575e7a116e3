using System.Diagnostics.CodeAnalysis;
using Late.Hosting.Configuration;
using Late.Hosting.Connection;
using Late.Hosting.Connection.Callbacks;
using Late.Hosting.Transport;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Polly;

namespace Late.Hosting.Testing.Harness;

/// <summary>Puts together the connection of a handler under test, from the library's own parts.</summary>
internal static class HandlerSetup
{
    private const string Name = "Test";

    public static HandlerConnection Create<[DynamicallyAccessedMembers(DynamicallyAccessedMemberTypes.PublicConstructors | DynamicallyAccessedMemberTypes.Interfaces)] THandler>(
        Func<ILateClient<THandler>, THandler> create, Action<LateConnectionOptions>? configure, LateTestClock clock, IServiceProvider? callbackServices)
        where THandler : class, ILateHandler
    {
        var peer = new LateTestPeer(clock);
        var errors = new CallbackErrors();
        var outcomes = new Outcomes(peer.Changes);
        var reloads = new Reloads(Name);
        var services = new ServiceCollection();
        services.AddSingleton<ILoggerFactory>(errors);
        services.AddSingleton<IHostApplicationLifetime>(new NoHost());
        services.AddSingleton<ServiceScopeSource>(() => callbackServices?.CreateScope()
            ?? throw new LateTestException("The handler uses CallbackServices of its context, and the test has none. Start the test with services: LateHandlerTest.StartAsync(handler, services: provider)."));
        services.AddLateConnection<THandler>(Name, options =>
        {
            LeaveOutNetwork(options);
            configure?.Invoke(options);
            reloads.Apply(options);
        }).ConfigureReconnect((pipeline, reconnect) => pipeline.AddRetry(outcomes.WithoutDelays(reconnect.Retry)));
        services.AddLateTestPeer<THandler>(Name, peer);
        services.AddSingleton<IOptionsChangeTokenSource<LateConnectionOptions>>(reloads);

        var provider = services.BuildServiceProvider();
        var context = provider.GetRequiredKeyedService<ConnectionContext>(Name);
        var client = provider.GetRequiredKeyedService<ILateClient<THandler>>(Name);
        var factory = provider.GetRequiredService<ConnectionFactory<THandler>>();
        var service = factory.CreateService(
            context,
            () => create(client) ?? throw new ArgumentException("It made no handler: it returned null.", nameof(create)),
            () => provider.GetRequiredKeyedService<ITransport>(Name));
        var source = provider.GetRequiredService<OptionsSource<LateConnectionOptions>>();
        return new HandlerConnection(provider, new TestedConnection(context, service, client, change => reloads.Reload(change, source)), peer, outcomes, errors);
    }

    // A test that advances the clock by an hour means the handler's hour.
    private static void LeaveOutNetwork(LateConnectionOptions options)
    {
        options.KeepAliveInterval = Limits.LongestTimeout / 2;
        options.KeepAliveTimeout = Limits.LongestTimeout / 2;
        options.ConnectTimeout = Limits.LongestTimeout;

        // A step throws what its callback has thrown, and learns of it from the log.
        options.LogExceptionMessages = true;
    }
}
