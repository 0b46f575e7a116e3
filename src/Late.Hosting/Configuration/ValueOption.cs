using Microsoft.Extensions.Configuration;

namespace Late.Hosting.Configuration;

/// <summary>An option with a single value.</summary>
internal sealed class ValueOption<TOptions, T>(
    string name, ValueKind<T> kind, Func<TOptions, T> get, Action<TOptions, T> set, TakesEffect takesEffect) : Option<TOptions>(name)
{
    public override void Read(IConfigurationSection section, TOptions options, List<string> problems)
    {
        if (kind.TryRead(section, problems, out var value))
        {
            set(options, value);
        }
    }

    public override void Check(TOptions options, Problems problems) => problems.AddIf(Name, kind.Problem(get(options)));

    public override IEnumerable<string> Changed(TOptions before, TOptions after, TakesEffect? how) =>
        (how ?? takesEffect) == takesEffect && !kind.Comparer.Equals(get(before), get(after)) ? [Name] : [];
}
