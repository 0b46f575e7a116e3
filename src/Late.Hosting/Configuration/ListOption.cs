using System.Globalization;
using Microsoft.Extensions.Configuration;

namespace Late.Hosting.Configuration;

/// <summary>An option with any number of values.</summary>
internal sealed class ListOption<TOptions, T>(
    string name, ValueKind<T> kind, Func<TOptions, ICollection<T>> get, TakesEffect takesEffect) : Option<TOptions>(name)
{
    public override void Read(IConfigurationSection section, TOptions options, List<string> problems)
    {
        // An empty list in JSON is an empty text here.
        if (!string.IsNullOrEmpty(section.Value))
        {
            problems.Add($"{section.Path} is a single value: it is a list. Its entries are {section.Path}:0, {section.Path}:1 and so on.");
        }

        foreach (var child in section.GetChildren())
        {
            if (!child.Key.All(char.IsAsciiDigit))
            {
                problems.Add($"{child.Path} is not an entry of a list. Its entries are {section.Path}:0, {section.Path}:1 and so on.");
            }
            else if (kind.TryRead(child, problems, out var value))
            {
                get(options).Add(value);
            }
        }
    }

    public override void Check(TOptions options, Problems problems)
    {
        var values = get(options);
        foreach (var (index, value) in values.Index())
        {
            // The entries of a set have no index.
            problems.AddIf(values is IList<T> ? string.Create(CultureInfo.InvariantCulture, $"{Name}:{index}") : Name, kind.Problem(value));
        }
    }

    public override IEnumerable<string> Changed(TOptions before, TOptions after, TakesEffect? how) =>
        (how ?? takesEffect) == takesEffect && !get(before).SequenceEqual(get(after), kind.Comparer) ? [Name] : [];
}
