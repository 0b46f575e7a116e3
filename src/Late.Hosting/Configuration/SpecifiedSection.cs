using Microsoft.Extensions.Configuration;

namespace Late.Hosting.Configuration;

/// <summary>A section that the application has specified for the options of a name; it replaces the one that the name would have.</summary>
/// <param name="Name">The name.</param>
/// <param name="Section">The section; of any configuration.</param>
internal sealed record SpecifiedSection<TOptions>(string Name, IConfigurationSection Section);
