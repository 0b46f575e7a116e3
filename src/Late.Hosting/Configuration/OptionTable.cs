using Microsoft.Extensions.Configuration;

namespace Late.Hosting.Configuration;

/// <summary>
/// Which options a section of the configuration may hold, and how each is read. What cannot be read is a problem that names
/// the option's path and what is wanted, never the value: it may be a secret that stands under the wrong key.
/// </summary>
internal sealed class OptionTable<TOptions>
{
    private readonly Dictionary<string, Reading> _readings = new(StringComparer.OrdinalIgnoreCase);

    // Where an option of a nested section is: for who writes it one level too high.
    private readonly Dictionary<string, string> _nested = new(StringComparer.OrdinalIgnoreCase);

    private delegate void Reading(TOptions options, IConfigurationSection section, List<string> problems);

    /// <summary>The options' names.</summary>
    public IReadOnlyCollection<string> Names => _readings.Keys;

    public OptionTable<TOptions> Time(string name, Action<TOptions, TimeSpan> set) =>
        Value(name, SettingValue.TryParse, SettingValue.Time, set);

    public OptionTable<TOptions> TimeOrNone(string name, Action<TOptions, TimeSpan?> set) =>
        Optional<TimeSpan>(name, SettingValue.TryParse, SettingValue.Time, set);

    public OptionTable<TOptions> TimeOfDayOrNone(string name, Action<TOptions, TimeOnly?> set) =>
        Optional<TimeOnly>(name, SettingValue.TryParse, SettingValue.TimeOfDay, set);

    public OptionTable<TOptions> Number(string name, Action<TOptions, int> set) =>
        Value(name, SettingValue.TryParse, SettingValue.Int, set);

    public OptionTable<TOptions> NumberOrNone(string name, Action<TOptions, int?> set) =>
        Optional<int>(name, SettingValue.TryParse, SettingValue.Int, set);

    public OptionTable<TOptions> LargeNumberOrNone(string name, Action<TOptions, long?> set) =>
        Optional<long>(name, SettingValue.TryParse, SettingValue.Long, set);

    public OptionTable<TOptions> FractionOrNone(string name, Action<TOptions, double?> set) =>
        Optional<double>(name, SettingValue.TryParse, SettingValue.Double, set);

    public OptionTable<TOptions> Flag(string name, Action<TOptions, bool> set) =>
        Value(name, SettingValue.TryParse, SettingValue.Flag, set);

    public OptionTable<TOptions> FlagOrNone(string name, Action<TOptions, bool?> set) =>
        Optional<bool>(name, SettingValue.TryParse, SettingValue.Flag, set);

    public OptionTable<TOptions> Choice<TEnum>(string name, Action<TOptions, TEnum> set)
        where TEnum : struct, Enum =>
        Value(name, SettingValue.TryParseName, SettingValue.Names<TEnum>(), set);

    public OptionTable<TOptions> HttpVersion(string name, Action<TOptions, Version> set) =>
        Value(name, SettingValue.TryParse, SettingValue.HttpVersion, set);

    public OptionTable<TOptions> Address(string name, Action<TOptions, Uri> set) =>
        Value(name, SettingValue.TryParse, SettingValue.Address, set);

    /// <summary>A list of texts.</summary>
    public OptionTable<TOptions> Texts(string name, Action<TOptions, string> add) =>
        List(name, SettingValue.TryParse, SettingValue.Text, add);

    /// <summary>A list of whole numbers.</summary>
    public OptionTable<TOptions> Numbers(string name, Action<TOptions, int> add) =>
        List(name, SettingValue.TryParse, SettingValue.Int, add);

    /// <summary>Texts with names. A value may be empty.</summary>
    public OptionTable<TOptions> NamedTexts(string name, Action<TOptions, string, string> add) => Add(name, (options, section, problems) =>
    {
        if (!string.IsNullOrEmpty(section.Value) || (section.Value is not null && !section.GetChildren().Any()))
        {
            problems.Add($"{section.Path} is a single value: it is a section of names and values, like {section.Path}:User-Agent.");
        }

        // The index of a list would be the name of a header.
        if (section.GetChildren().Any(static child => IsIndex(child.Key)))
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
                add(options, child.Key, child.Value);
            }
        }
    });

    /// <summary>A section with options of its own.</summary>
    public OptionTable<TOptions> Section<TNested>(string name, OptionTable<TNested> table, Func<TOptions, TNested> get)
    {
        foreach (var nested in table.Names)
        {
            _nested.TryAdd(nested, name);
        }

        return Add(name, (options, section, problems) => table.Read(section, get(options), problems));
    }

    /// <summary>An option that no text can hold.</summary>
    public OptionTable<TOptions> InCode(string name) =>
        Add(name, (_, section, problems) => problems.Add($"{section.Path} cannot be read from the configuration. Set it in code."));

    /// <summary>Reads everything that the section holds.</summary>
    public void Read(IConfigurationSection section, TOptions options, List<string> problems)
    {
        if (section.Value is not null)
        {
            problems.Add($"{section.Path} is a single value: it is a section of options, like {section.Path}:{Names.First()}.");
        }

        foreach (var child in section.GetChildren())
        {
            if (_readings.TryGetValue(child.Key, out var reading))
            {
                reading(options, child, problems);
            }
            else
            {
                problems.Add($"{child.Path} is not an option. {Advice(section, child.Key)}");
            }
        }
    }

    private string Advice(IConfigurationSection section, string key) =>
        _nested.TryGetValue(key, out var nested) ? $"It belongs in {section.Path}:{nested}." : Similar.Advice(key, Names);

    private static bool IsIndex(string key) => key.All(char.IsAsciiDigit);

    private OptionTable<TOptions> Add(string name, Reading reading)
    {
        _readings.Add(name, reading);
        return this;
    }

    private OptionTable<TOptions> Value<T>(string name, Parsing<T> parse, string expectation, Action<TOptions, T> set) => Add(name, (options, section, problems) =>
    {
        if (SettingValue.TryRead(section, parse, expectation, problems, out var value))
        {
            set(options, value);
        }
    });

    /// <summary>A value that may be null, which is what the configuration holds for <c>null</c>.</summary>
    private OptionTable<TOptions> Optional<T>(string name, Parsing<T> parse, string expectation, Action<TOptions, T?> set)
        where T : struct => Add(name, (options, section, problems) =>
        {
            if (section.Value is null && !section.GetChildren().Any())
            {
                set(options, null);
            }
            else if (SettingValue.TryRead(section, parse, expectation, problems, out var value))
            {
                set(options, value);
            }
        });

    private OptionTable<TOptions> List<T>(string name, Parsing<T> parse, string expectation, Action<TOptions, T> add) => Add(name, (options, section, problems) =>
    {
        // An empty list in JSON is an empty text here.
        if (!string.IsNullOrEmpty(section.Value))
        {
            problems.Add($"{section.Path} is a single value: it is a list. Its entries are {section.Path}:0, {section.Path}:1 and so on.");
        }

        foreach (var child in section.GetChildren())
        {
            if (!IsIndex(child.Key))
            {
                problems.Add($"{child.Path} is not an entry of a list. Its entries are {section.Path}:0, {section.Path}:1 and so on.");
            }
            else if (SettingValue.TryRead(child, parse, expectation, problems, out var value))
            {
                add(options, value);
            }
        }
    });
}
