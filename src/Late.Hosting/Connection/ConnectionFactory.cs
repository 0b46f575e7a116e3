using System.Diagnostics.CodeAnalysis;
using Late.Hosting.Configuration;
using Late.Hosting.Connection.Reconnecting;
using Late.Hosting.Diagnostics;
using Late.Hosting.Transport;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;

namespace Late.Hosting.Connection;

/// <summary>
/// Makes what connections are made of, in the same way for those that are registered one by one and for those of a supervisor. It makes
/// them by hand: the container keeps keyed services indefinitely, and a supervised connection releases all resources when it ends.
/// </summary>
/// <param name="services">The application's services.</param>
/// <param name="registered">Their registrations, among which scoped ones are found.</param>
internal sealed class ConnectionFactory<[DynamicallyAccessedMembers(DynamicallyAccessedMemberTypes.PublicConstructors)] THandler>(
    IServiceProvider services, IServiceCollection registered)
    where THandler : class, ILateHandler
{
    private static readonly Randomizer s_chance = Random.Shared.NextDouble;

    private readonly ConnectionLog _log = services.GetRequiredService<ConnectionLog>();

    /// <summary>Makes what the parts of a connection share.</summary>
    /// <param name="identity">Which connection it is.</param>
    /// <param name="settings">Its options.</param>
    /// <param name="registration">The name of its registration, whose builder was given the hooks.</param>
    public ConnectionContext CreateContext(ConnectionIdentity identity, CurrentOptions<LateConnectionOptions> settings, string registration) => new(
        identity, settings, services.GetRequiredService<TimeProvider>(), _log, services.GetRequiredService<ConnectionMetrics>())
    {
        Services = services,
        Hooks = services.GetRequiredService<IOptionsMonitor<ConnectionHooks>>().Get(registration),
        Randomizer = services.GetService<Randomizer>() ?? s_chance,
    };

    /// <summary>Makes the handler, with services from the container and the client of its own connection.</summary>
    /// <param name="connection">Its connection.</param>
    /// <param name="client">The client of that connection.</param>
    /// <param name="create">Makes it in place of the container; null for its constructor.</param>
    public THandler CreateHandler(ConnectionContext connection, ILateClient<THandler> client, Func<IServiceProvider, THandler>? create = null)
    {
        var scoped = new ScopedServices(registered, _log, connection.Name, typeof(THandler));
        var own = new HandlerServices(services, [typeof(ILateClient<THandler>), typeof(ILateCaller<THandler>)], client, scoped);
        return create is null
            ? ActivatorUtilities.CreateInstance<THandler>(own)
            : create(own) ?? throw new InvalidOperationException($"The handler of connection '{connection.Name}' was not made: the delegate 'create' returned null. Return a new handler.");
    }

    /// <summary>Makes the service that runs the connection.</summary>
    /// <param name="connection">What its parts share.</param>
    /// <param name="createHandler">Makes the handler of a life, when it begins.</param>
    /// <param name="createTransport">Makes the transport of all lives, when the first begins.</param>
    public ConnectionService CreateService(ConnectionContext connection, Func<THandler> createHandler, Func<ITransport> createTransport) => new(
        connection,
        new LifeFactory(connection, createHandler, createTransport),
        new ReconnectPipeline(connection, services.GetService<ILoggerFactory>() ?? NullLoggerFactory.Instance, RetryTimeOf(connection)),
        services.GetRequiredService<StopShares>(),
        services.GetRequiredService<IHostApplicationLifetime>());

    private TimeProvider RetryTimeOf(ConnectionContext connection) =>
        services.GetServices<RetryClock>().Select(clock => clock(connection.Name)).FirstOrDefault(static time => time is not null) ?? connection.Time;
}
