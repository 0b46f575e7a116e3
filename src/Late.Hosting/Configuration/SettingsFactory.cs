using Microsoft.Extensions.Options;

namespace Late.Hosting.Configuration;

/// <summary>
/// The one factory of options for all connections. The container makes a new one for each that asks, and each copies the
/// configuration of all names: a thousand connections would hold a million entries.
/// </summary>
internal sealed class SettingsFactory(IOptionsFactory<LateConnectionOptions> factory)
{
    public IOptionsFactory<LateConnectionOptions> Factory { get; } = factory;
}
