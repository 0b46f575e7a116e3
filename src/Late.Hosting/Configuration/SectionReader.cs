using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Options;

namespace Late.Hosting.Configuration;

/// <summary>
/// Reads the section <c>{prefix}:{name}</c> into options. Every value that cannot be read and every key that does not exist
/// is kept as a problem, so that all of them are reported at once.
/// </summary>
internal sealed class SectionReader<TOptions>(
    IConfiguration? configuration, string prefix, OptionTable<TOptions> options, Func<TOptions, List<string>> problems) : IConfigureNamedOptions<TOptions>
    where TOptions : class
{
    public void Configure(TOptions target)
    {
    }

    public void Configure(string? name, TOptions target)
    {
        if (configuration is not null && name is not null)
        {
            options.Read(configuration.GetSection($"{prefix}:{name}"), target, problems(target));
        }
    }
}
