using Microsoft.Extensions.Configuration;

namespace Late.Hosting.Configuration;

/// <summary>Looks at what no connection, supervisor or budget reads: the sections above theirs, and those of other names.</summary>
/// <param name="configuration">The application's configuration.</param>
/// <param name="sections">The sections that are read.</param>
internal sealed class SectionCheck(IConfiguration configuration, IReadOnlyCollection<string> sections)
{
    private static readonly string[] s_parents = ["Late", "Late:Supervisors", "Late:Budgets"];

    /// <summary>Values that stand where sections should be.</summary>
    public IEnumerable<string> Problems() =>
        from parent in s_parents
        where !string.IsNullOrEmpty(configuration[parent])
        select $"{parent} is a single value: it is a section, with a section for each name, like {sections.FirstOrDefault(section => IsChild(section, parent)) ?? $"{parent}:Ticker"}.";

    /// <summary>Sections that nothing reads, each with the one that was meant: a name that has none.</summary>
    public IEnumerable<(string Unread, string Meant)> Typos() =>
        from parent in s_parents
        from child in configuration.GetSection(parent).GetChildren()
        where !sections.Concat(s_parents).Contains(child.Path, StringComparer.OrdinalIgnoreCase)
        let meant = Similar.To(child.Path, sections.Where(section => IsChild(section, parent) && !configuration.GetSection(section).Exists()))
        where meant is not null
        select (child.Path, meant);

    private static bool IsChild(string section, string parent) =>
        section.StartsWith($"{parent}:", StringComparison.Ordinal) && !section.AsSpan(parent.Length + 1).Contains(':');
}
