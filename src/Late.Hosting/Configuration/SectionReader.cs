using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Options;

namespace Late.Hosting.Configuration;

/// <summary>
/// Reads the section <c>{prefix}:{name}</c> into options. Every value that cannot be read and every key that does not exist
/// is kept as a problem, so that all of them are reported at once.
/// </summary>
internal sealed class SectionReader<TOptions>(
    IConfiguration? configuration,
    string prefix,
    Func<TOptions, List<string>> problems,
    IReadOnlyDictionary<string, SectionReader<TOptions>.Option> options) : IConfigureNamedOptions<TOptions>
    where TOptions : class
{
    public void Configure(TOptions options)
    {
    }

    public void Configure(string? name, TOptions target)
    {
        foreach (var child in configuration?.GetSection($"{prefix}:{name}").GetChildren() ?? [])
        {
            if (!options.TryGetValue(child.Key, out var option))
            {
                problems(target).Add($"{child.Path} is not an option. There are: {string.Join(", ", options.Keys)}.");
                continue;
            }

            try
            {
                option.Read(target, child);
            }
            catch (Exception exception) when (exception is InvalidOperationException or FormatException or ArgumentException or OverflowException)
            {
                problems(target).Add($"{child.Path} cannot be read: {option.Expectation}");
            }
        }
    }

    /// <param name="Read">Reads the option.</param>
    /// <param name="Expectation">How its value is written.</param>
    internal sealed record Option(Action<TOptions, IConfigurationSection> Read, string Expectation);
}
