using Late.Hosting.Configuration;
using Late.Hosting.Connection;
using Microsoft.Extensions.DependencyInjection;

namespace Late.Hosting.Diagnostics;

/// <summary>All connections of the application, in the order in which they were registered.</summary>
internal sealed class ConnectionDirectory(IServiceProvider services, IEnumerable<ConnectionRegistration> registrations)
{
    private readonly Lazy<ConnectionCore[]> _connections = new(
        () => [.. registrations.Select(registration => services.GetRequiredKeyedService<ConnectionCore>(registration.Name))]);

    public IReadOnlyList<ConnectionCore> Connections => _connections.Value;

    /// <summary>The connection of a name, which is written like an option: in any case.</summary>
    public ConnectionCore? Find(string name) =>
        Connections.FirstOrDefault(connection => string.Equals(connection.Name, name, StringComparison.OrdinalIgnoreCase));

    /// <exception cref="InvalidOperationException">There is no connection of that name.</exception>
    public ConnectionCore Get(string name) => Find(name) ?? throw new InvalidOperationException(
        $"There is no connection '{name}'. There are: {string.Join(", ", Connections.Select(static connection => connection.Name))}.");
}
