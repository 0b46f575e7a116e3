using Microsoft.Extensions.Configuration;

namespace Late.Hosting.Configuration;

/// <summary>An option that has options of its own.</summary>
internal sealed class SectionOption<TOptions, TNested>(string name, OptionTable<TNested> table, Func<TOptions, TNested> get) : Option<TOptions>(name)
{
    public override IReadOnlyCollection<string> Nested => table.Names;

    public override void Read(IConfigurationSection section, TOptions options, List<string> problems) => table.Read(section, get(options), problems);

    public override void Check(TOptions options, Problems problems) => table.Check(get(options), problems.Within(Name));

    public override IEnumerable<string> Changed(TOptions before, TOptions after, TakesEffect? how) =>
        table.Changed(get(before), get(after), how).Select(nested => $"{Name}:{nested}");
}
