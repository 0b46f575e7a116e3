using Microsoft.Extensions.Options;
using Microsoft.Extensions.Primitives;

namespace Late.Hosting.Configuration;

/// <summary>
/// Reads a name's section into options. Every value that cannot be read and every key that does not exist is kept with them, so
/// that all problems are reported together.
/// </summary>
internal sealed class OptionsReader<TOptions>(OptionSections<TOptions> sections)
    : IConfigureNamedOptions<TOptions>, IOptionsChangeTokenSource<TOptions>
    where TOptions : class
{
    /// <summary>Null: a reload may change the options of every name.</summary>
    public string? Name => null;

    public void Configure(TOptions options)
    {
    }

    public void Configure(string? name, TOptions options)
    {
        if (name is null || sections.Find(name) is not { } section)
        {
            return;
        }

        if (sections.IsMissing(name))
        {
            sections.Kind.Unread(options).Add($"{section.Path} is not in the configuration. It is the section that the registration specifies: check its path.");
        }

        sections.Kind.Options.Read(section, options, sections.Kind.Unread(options));
    }

    public IChangeToken GetChangeToken() => sections.GetReloadToken();
}
