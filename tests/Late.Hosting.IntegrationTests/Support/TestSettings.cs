using Microsoft.Extensions.Configuration;

namespace Late.Hosting.IntegrationTests.Support;

/// <summary>A configuration in memory that a test changes and reloads.</summary>
public sealed class TestSettings : ConfigurationProvider, IConfigurationSource
{
    public string? this[string key]
    {
        get => Data[key];
        set => Data[key] = value;
    }

    public IConfigurationProvider Build(IConfigurationBuilder builder) => this;

    /// <summary>Notifies all watchers that the values have changed, as a file watcher does.</summary>
    public void Reload() => OnReload();
}
