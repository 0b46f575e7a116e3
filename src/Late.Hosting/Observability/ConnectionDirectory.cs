using Late.Hosting.Configuration;
using Late.Hosting.Connection.Lifecycle;
using Late.Hosting.Registration;
using Microsoft.Extensions.DependencyInjection;

namespace Late.Hosting.Observability;

/// <summary>
/// All connections of the application: the registered ones in their order, then those that were started while it runs.
/// </summary>
internal sealed class ConnectionDirectory(
    IServiceProvider services, IEnumerable<ConnectionRegistration> registrations, IEnumerable<IConnectionSource> sources)
{
    private readonly Lazy<ConnectionCore[]> _registered = new(
        () => [.. registrations.Select(registration => services.GetRequiredKeyedService<ConnectionCore>(registration.Name))]);

    public IReadOnlyList<ConnectionCore> Connections => [.. _registered.Value, .. sources.SelectMany(static source => source.Connections)];

    /// <summary>The registered ones.</summary>
    public IReadOnlyList<ConnectionCore> Registered => _registered.Value;

    /// <summary>What starts connections while the application runs.</summary>
    public IEnumerable<IConnectionSource> Sources => sources;

    /// <summary>The supervisor of a name, where no registered connection has it; in any case.</summary>
    public IConnectionSource? FindSource(string name) => registrations.Any(registration => IsSame(registration.Name, name))
        ? null
        : sources.FirstOrDefault(source => IsSame(source.Name, name));

    /// <summary>The connection of a name, which is written like an option: in any case.</summary>
    public ConnectionCore? Find(string name) =>
        Connections.FirstOrDefault(connection => IsSame(connection.Name, name));

    /// <exception cref="InvalidOperationException">There is no connection of that name.</exception>
    public ConnectionCore Get(string name) => Find(name) ?? throw new InvalidOperationException(
        $"There is no connection '{name}'. {Similar.Advice(name, [.. Connections.Select(static connection => connection.Name)])}");

    private static bool IsSame(string one, string other) => string.Equals(one, other, StringComparison.OrdinalIgnoreCase);
}
