using Microsoft.Extensions.Configuration;

namespace Late.Hosting.Configuration;

/// <summary>Looks at what no connection, supervisor or budget reads: the sections above theirs, and those of other names.</summary>
/// <param name="configuration">The application's configuration.</param>
/// <param name="sections">The sections that are read.</param>
internal sealed class UnreadSections(IConfiguration configuration, IReadOnlyCollection<string> sections)
{
    private static readonly string[] s_parents = [OptionTables.Connections.Parent, OptionTables.Supervisors.Parent, OptionTables.Budgets.Parent];

    /// <summary>Values that stand where sections should be.</summary>
    public IEnumerable<string> Problems() =>
        from parent in s_parents
        where !string.IsNullOrEmpty(configuration[parent])
        select $"{parent} is a single value: it is a section, with a section for each name, like {sections.FirstOrDefault(section => IsChild(section, parent)) ?? $"{parent}:Ticker"}.";

    /// <summary>Sections that are not read but resemble one that is: a name that has no section, or the section of which it is an option.</summary>
    public IEnumerable<(string Unread, string Meant)> Typos() =>
        from parent in s_parents
        from child in configuration.GetSection(parent).GetChildren()
        where !sections.Concat(s_parents).Contains(child.Path, StringComparer.OrdinalIgnoreCase)
        let meant = Meant(parent, child.Key)
        where meant is not null
        select (child.Path, meant);

    private string? Meant(string parent, string key)
    {
        var names = sections.Where(section => IsChild(section, parent)).ToArray();
        if (parent == s_parents[0] && OptionTables.Connection.Names.Contains(key, StringComparer.OrdinalIgnoreCase))
        {
            return names is [var first, ..] ? $"{first}:{key}" : null;
        }

        // A section for supervisors or budgets is a child of "Late" too, where there are any.
        string[] unused =
        [
            .. names.Concat(s_parents.Where(other => IsChild(other, parent) && sections.Any(section => IsChild(section, other))))
                .Where(section => !configuration.GetSection(section).Exists())
                .Select(section => section[(parent.Length + 1)..]),
        ];
        return (unused.FirstOrDefault(name => key.Equals($"{name}Handler", StringComparison.OrdinalIgnoreCase)) ?? Similar.To(key, unused)) is { } meant
            ? $"{parent}:{meant}"
            : null;
    }

    private static bool IsChild(string section, string parent) =>
        section.StartsWith($"{parent}:", StringComparison.Ordinal) && !section.AsSpan(parent.Length + 1).Contains(':');
}
