using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Primitives;

namespace Late.Hosting.Configuration;

/// <summary>An option with texts under names, each of which may be empty.</summary>
/// <param name="name">The option's name.</param>
/// <param name="get">Its texts.</param>
/// <param name="problem">What is wrong with a name and its text; null where nothing is.</param>
/// <param name="takesEffect">When a change takes effect.</param>
internal sealed class NamedTextsOption<TOptions>(
    string name, Func<TOptions, IDictionary<string, StringValues>> get, Func<string, StringValues, string?> problem, TakesEffect takesEffect) : Option<TOptions>(name)
{
    public override void Read(IConfigurationSection section, TOptions options, List<string> problems)
    {
        if (!string.IsNullOrEmpty(section.Value) || (section.Value is not null && !section.GetChildren().Any()))
        {
            problems.Add($"{section.Path} is a single value: it is a section of names and values, like {section.Path}:User-Agent.");
        }

        // The index of a list would be the name of a header.
        if (section.GetChildren().Any(static child => child.Key.All(char.IsAsciiDigit)))
        {
            problems.Add($"{section.Path} is a list: it is a section of names and values, like {section.Path}:User-Agent.");
            return;
        }

        foreach (var child in section.GetChildren())
        {
            if (child.GetChildren().Any())
            {
                problems.Add($"{child.Path} is a section: it is a single text.");
            }
            else if (child.Value is null)
            {
                problems.Add($"{child.Path} has no value: it is a single text.");
            }
            else
            {
                get(options)[child.Key] = child.Value;
            }
        }
    }

    public override void Check(TOptions options, Problems problems)
    {
        foreach (var (key, text) in get(options))
        {
            problems.AddIf($"{Name}:{key}", problem(key, text));
        }
    }

    public override IEnumerable<string> Changed(TOptions before, TOptions after, TakesEffect? how)
    {
        var (old, current) = (get(before), get(after));
        return (how ?? takesEffect) == takesEffect && (old.Count != current.Count || current.Any(text => !old.TryGetValue(text.Key, out var value) || value != text.Value))
            ? [Name]
            : [];
    }
}
