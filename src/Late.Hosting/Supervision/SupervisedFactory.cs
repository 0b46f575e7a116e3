using System.Diagnostics.CodeAnalysis;
using Late.Hosting.Configuration;
using Late.Hosting.Connection;
using Late.Hosting.Diagnostics;
using Late.Hosting.Observability;
using Microsoft.Extensions.Options;

namespace Late.Hosting.Supervision;

/// <summary>Makes the connections of a supervisor.</summary>
/// <param name="name">The supervisor's name.</param>
/// <param name="connections">Makes what they are made of.</param>
/// <param name="options">Makes their options.</param>
/// <param name="supervisor">The options of the supervisor.</param>
/// <param name="transports">Makes their transports.</param>
internal sealed class SupervisedFactory<[DynamicallyAccessedMembers(DynamicallyAccessedMemberTypes.PublicConstructors)] THandler>(
    string name,
    ConnectionFactory<THandler> connections,
    OptionsSource<LateConnectionOptions> options,
    CurrentOptions<LateSupervisorOptions> supervisor,
    SupervisedTransports transports)
    where THandler : class, ILateHandler
{
    private static readonly string s_handler = TypeName.Of<THandler>();

    public string NameOf(string key) => $"{name}/{key}";

    /// <summary>Makes a connection; it does not run yet.</summary>
    /// <exception cref="OptionsValidationException">Its options do not pass the checks.</exception>
    public Supervised<THandler> Create(string key, Action<LateConnectionOptions>? configure, Func<IServiceProvider, THandler>? create)
    {
        var current = options.Open(name, configure, owner: NameOf(key));
        try
        {
            _ = current.Value;
        }
        catch
        {
            current.Dispose();
            throw;
        }

        var identity = ConnectionIdentity.OfSupervisor(NameOf(key), key, supervisor.Value.MetricsPerConnection ? NameOf(key) : name);
        var connection = connections.CreateContext(identity, current, name);
        var client = new Client<THandler>(connection);
        var service = connections.CreateService(connection, () => connections.CreateHandler(connection, client, create), () => transports.Create(key, connection));
        return new Supervised<THandler>(key, connection, service, client)
        {
            Entry = new DirectoryEntry(connection, s_handler) { SupervisorName = name, Key = key },
            CreateNext = () => Create(key, configure, create),
        };
    }
}
