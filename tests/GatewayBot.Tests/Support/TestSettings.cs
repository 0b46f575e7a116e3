using Microsoft.Extensions.Configuration;

namespace GatewayBot.Tests.Support;

/// <summary>A configuration in memory, which a test changes and reloads.</summary>
public sealed class TestSettings : ConfigurationProvider, IConfigurationSource
{
    public string? this[string key]
    {
        get => Data[key];
        set => Data[key] = value;
    }

    public IConfigurationProvider Build(IConfigurationBuilder builder) => this;

    /// <summary>Signals that values have changed, as a file watcher does.</summary>
    public void Reload() => OnReload();
}
