using System.Collections;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Primitives;

namespace Late.Hosting.Configuration;

/// <summary>The options of one class, a row for each. They are read, checked and compared by these rows.</summary>
internal sealed class OptionTable<TOptions> : IEnumerable<Option<TOptions>>
{
    private readonly List<Option<TOptions>> _options = [];

    /// <summary>The options' names.</summary>
    public IReadOnlyCollection<string> Names => [.. _options.Select(static option => option.Name)];

    /// <summary>A single value.</summary>
    public void Add<T>(string name, ValueKind<T> kind, Func<TOptions, T> get, Action<TOptions, T> set, TakesEffect takesEffect) =>
        _options.Add(new ValueOption<TOptions, T>(name, kind, get, set, takesEffect));

    /// <summary>A list or a set.</summary>
    public void Add<T>(string name, ValueKind<T> kind, Func<TOptions, ICollection<T>> get, TakesEffect takesEffect) =>
        _options.Add(new ListOption<TOptions, T>(name, kind, get, takesEffect));

    /// <summary>Texts under names.</summary>
    public void Add(string name, Func<string, StringValues, string?> problem, Func<TOptions, IDictionary<string, StringValues>> get, TakesEffect takesEffect) =>
        _options.Add(new NamedTextsOption<TOptions>(name, get, problem, takesEffect));

    /// <summary>Values under names.</summary>
    public void Add<T>(string name, ValueKind<T> kind, Func<TOptions, IDictionary<string, T>> get, TakesEffect takesEffect) =>
        _options.Add(new NamedValuesOption<TOptions, T>(name, kind, get, takesEffect));

    /// <summary>A section with options of its own.</summary>
    public void Add<TNested>(string name, OptionTable<TNested> table, Func<TOptions, TNested> get) =>
        _options.Add(new SectionOption<TOptions, TNested>(name, table, get));

    /// <summary>Reads everything that a section holds.</summary>
    public void Read(IConfigurationSection section, TOptions options, List<string> problems)
    {
        if (section.Value is not null)
        {
            problems.Add($"{section.Path} is a single value: it is a section of options, like {section.Path}:{_options[0].Name}.");
        }

        foreach (var child in section.GetChildren())
        {
            if (_options.Find(option => IsNamed(option.Name, child.Key)) is { } option)
            {
                option.Read(child, options, problems);
            }
            else
            {
                problems.Add($"{child.Path} is not an option. {Advice(section, child.Key)}");
            }
        }
    }

    /// <summary>Adds everything that is wrong with single options.</summary>
    public void Check(TOptions options, Problems problems) => _options.ForEach(option => option.Check(options, problems));

    /// <summary>The names of the options that have changed and take effect in that way; null for any.</summary>
    public IEnumerable<string> Changed(TOptions before, TOptions after, TakesEffect? how = null) =>
        _options.SelectMany(option => option.Changed(before, after, how));

    public IEnumerator<Option<TOptions>> GetEnumerator() => _options.GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    // The option of a nested section may be written one level too high.
    private string Advice(IConfigurationSection section, string key) =>
        _options.Find(option => option.Nested.Any(nested => IsNamed(nested, key))) is { } outer
            ? $"It belongs in {section.Path}:{outer.Name}."
            : Similar.Advice(key, Names);

    private static bool IsNamed(string name, string key) => string.Equals(name, key, StringComparison.OrdinalIgnoreCase);
}
