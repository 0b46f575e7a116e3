using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Options;
using Microsoft.Extensions.Primitives;

namespace Late.Hosting.Configuration;

/// <summary>
/// Reads a name's section into options. Every value that cannot be read and every key that does not exist is kept with them, so
/// that all problems are reported together.
/// </summary>
internal sealed class OptionsReader<TOptions>(OptionSection<TOptions> section, IConfiguration? configuration)
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
        if (configuration is not null && name is not null)
        {
            section.Options.Read(configuration.GetSection(section.PathOf(name)), options, section.Unread(options));
        }
    }

    public IChangeToken GetChangeToken() => configuration?.GetReloadToken() ?? new CancellationChangeToken(CancellationToken.None);
}
