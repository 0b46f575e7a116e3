using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Primitives;

namespace Late.Hosting.Configuration;

/// <summary>Finds the section that the options of a name are read from.</summary>
/// <param name="kind">Where sections of this kind are.</param>
/// <param name="configuration">The application's configuration; null for none.</param>
/// <param name="specified">The sections that the application has specified; the last one of a name counts.</param>
internal sealed class OptionSections<TOptions>(
    OptionSection<TOptions> kind, IConfiguration? configuration, IEnumerable<SpecifiedSection<TOptions>> specified)
{
    private readonly Dictionary<string, IConfigurationSection> _specified =
        specified.GroupBy(static section => section.Name).ToDictionary(static group => group.Key, static group => group.Last().Section, StringComparer.Ordinal);

    /// <summary>Where sections of this kind are, and what they hold.</summary>
    public OptionSection<TOptions> Kind => kind;

    /// <summary>The path of a name's section, whether there is one or not.</summary>
    public string PathOf(string name) => _specified.TryGetValue(name, out var section) ? section.Path : kind.PathOf(name);

    /// <summary>The section of a name; null without a configuration.</summary>
    public IConfigurationSection? Find(string name) => _specified.GetValueOrDefault(name) ?? configuration?.GetSection(kind.PathOf(name));

    /// <summary>True where the application has specified the section, and it holds nothing: its path is wrong.</summary>
    public bool IsMissing(string name) => _specified.TryGetValue(name, out var section) && !section.Exists();

    /// <summary>Signals the next reload of a configuration that sections are read from.</summary>
    public IChangeToken GetReloadToken()
    {
        IChangeToken[] tokens =
        [
            .. _specified.Values.Prepend(configuration).OfType<IConfiguration>().Select(static source => source.GetReloadToken()).Distinct(),
        ];
        return tokens.Length == 1 ? tokens[0] : new CompositeChangeToken(tokens);
    }
}
