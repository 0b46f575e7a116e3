using Microsoft.Extensions.Options;

namespace Late.Hosting.Configuration;

/// <summary>Checks the options of a name; one message has everything that is wrong (promise P13).</summary>
/// <param name="section">The options.</param>
/// <param name="rules">The checks that involve several options of a name; null for none.</param>
internal sealed class OptionsValidator<TOptions>(OptionSection<TOptions> section, Action<string, TOptions, Problems>? rules) : IValidateOptions<TOptions>
    where TOptions : class
{
    public ValidateOptionsResult Validate(string? name, TOptions options)
    {
        List<string> found = [.. section.Unread(options)];
        var problems = new Problems(section.PathOf(name ?? ""), found);
        section.Options.Check(options, problems);
        rules?.Invoke(name ?? "", options, problems);
        return found.Count == 0
            ? ValidateOptionsResult.Success
            : ValidateOptionsResult.Fail(string.Join($"{Environment.NewLine}  - ", found.Prepend($"{section.Subject} '{name}' cannot run with these settings:")));
    }
}
