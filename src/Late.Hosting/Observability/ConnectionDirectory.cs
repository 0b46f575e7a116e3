using Late.Hosting.Configuration;
using Microsoft.Extensions.DependencyInjection;

namespace Late.Hosting.Observability;

/// <summary>
/// All connections of the application: the registered ones in their order, then those that were started while it runs.
/// They are looked up with the first use: whatever is injected with the directory may be a part of what they are made of.
/// </summary>
internal sealed class ConnectionDirectory(IServiceProvider services) : ILateConnectionDirectory
{
    private readonly Lazy<DirectoryEntry[]> _registered = new(() => services.GetService<RegisteredConnections>() is { } registered ? [.. registered()] : []);
    private readonly Lazy<IConnectionSource[]> _sources = new(() => [.. services.GetServices<IConnectionSource>()]);

    /// <summary>The registered ones.</summary>
    public IReadOnlyList<DirectoryEntry> Registered => _registered.Value;

    /// <summary>What starts connections while the application runs.</summary>
    public IReadOnlyList<IConnectionSource> Sources => _sources.Value;

    public IReadOnlyList<ILateConnectionInfo> GetConnections() => Connections();

    public IReadOnlyList<LateSupervisorInfo> GetSupervisors() => [.. Sources.Select(static source => new SupervisorStates(source).ToInfo())];

    /// <summary>The supervisor of a name, where no registered connection has it; in any case.</summary>
    public IConnectionSource? FindSource(string name) => Registered.Any(connection => IsSame(connection.Name, name))
        ? null
        : Sources.FirstOrDefault(source => IsSame(source.Name, name));

    /// <summary>The connection of a name, which is written like an option: in any case.</summary>
    /// <exception cref="InvalidOperationException">There is no connection of that name.</exception>
    public DirectoryEntry Get(string name)
    {
        var connections = Connections();
        return connections.FirstOrDefault(connection => IsSame(connection.Name, name))
            ?? throw new InvalidOperationException($"There is no connection '{name}'. {Similar.Advice(name, [.. connections.Select(static connection => connection.Name)])}");
    }

    private DirectoryEntry[] Connections() => [.. Registered, .. Sources.SelectMany(static source => source.Connections)];

    private static bool IsSame(string one, string other) => string.Equals(one, other, StringComparison.OrdinalIgnoreCase);
}
