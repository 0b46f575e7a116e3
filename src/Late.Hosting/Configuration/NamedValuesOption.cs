using Microsoft.Extensions.Configuration;

namespace Late.Hosting.Configuration;

/// <summary>An option with values under names.</summary>
internal sealed class NamedValuesOption<TOptions, T>(
    string name, ValueKind<T> kind, Func<TOptions, IDictionary<string, T>> get, TakesEffect takesEffect) : Option<TOptions>(name)
{
    public override void Read(IConfigurationSection section, TOptions options, List<string> problems)
    {
        if (!string.IsNullOrEmpty(section.Value) || (section.Value is not null && !section.GetChildren().Any()))
        {
            problems.Add($"{section.Path} is a single value: it is a section of names and values.");
        }

        foreach (var child in section.GetChildren())
        {
            if (kind.TryRead(child, problems, out var value))
            {
                get(options)[child.Key] = value;
            }
        }
    }

    public override void Check(TOptions options, Problems problems)
    {
        foreach (var (key, value) in get(options))
        {
            problems.AddIf($"{Name}:{key}", kind.Problem(value));
        }
    }

    public override IEnumerable<string> Changed(TOptions before, TOptions after, TakesEffect? how)
    {
        var (old, current) = (get(before), get(after));
        return (how ?? takesEffect) == takesEffect && (old.Count != current.Count || current.Any(value => !old.TryGetValue(value.Key, out var other) || !kind.Comparer.Equals(value.Value, other)))
            ? [Name]
            : [];
    }
}
