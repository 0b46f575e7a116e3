using Microsoft.Extensions.Options;

namespace Late.Hosting.Supervision;

/// <summary>Makes the options of one supervised connection, at its start and after every reload.</summary>
internal sealed class OptionsOfKey(OptionsTemplate template, Action<LateConnectionOptions>? configure) : IOptionsFactory<LateConnectionOptions>
{
    public LateConnectionOptions Create(string name) => template.Create(name, configure);
}
