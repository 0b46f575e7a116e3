using Microsoft.Extensions.Options;

namespace Late.Hosting.Configuration;

/// <summary>Checks the options of a name; one message has everything that is wrong (promise P13).</summary>
/// <param name="sections">The sections of the options.</param>
/// <param name="rules">The checks that involve several options of a name; null for none.</param>
internal sealed class OptionsValidator<TOptions>(OptionSections<TOptions> sections, Action<string, TOptions, Problems>? rules) : IValidateOptions<TOptions>
    where TOptions : class
{
    public ValidateOptionsResult Validate(string? name, TOptions options)
    {
        List<string> found = [.. sections.Kind.Unread(options)];
        var problems = new Problems(sections.PathOf(name ?? ""), found);
        sections.Kind.Options.Check(options, problems);
        rules?.Invoke(name ?? "", options, problems);
        return found.Count == 0
            ? ValidateOptionsResult.Success
            : ValidateOptionsResult.Fail(string.Join($"{Environment.NewLine}  - ", found.Prepend($"{sections.Kind.Subject} '{name}' cannot run with these settings:")));
    }
}
