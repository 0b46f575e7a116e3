using System.Collections;
using System.Reflection;
using Late.Hosting.Configuration;
using Late.Hosting.Tests.Support;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Primitives;

namespace Late.Hosting.Tests.Configuration;

/// <summary>A new option is two edits, its property and its row in <see cref="OptionTables"/>, and these tests name which of them is missing.</summary>
public sealed class OptionTableTests
{
    // Options that have no table, and why.
    private static readonly Dictionary<Type, string> s_others = new()
    {
        [typeof(LateCallOptions)] = "They are given with each call, and are in no section.",
        [typeof(LateStreamOptions)] = "They are given with each stream, and are in no section.",
        [typeof(LateSubscribeOptions)] = "They are given with each subscription, and are in no section.",
        [typeof(LatePostOptions)] = "They are given with each post, and are in no section.",
    };

    // How docs/configuration.md states it.
    private static readonly Dictionary<TakesEffect, string> s_words = new()
    {
        [TakesEffect.ByReconnecting] = "immediately: the connection reconnects once",
        [TakesEffect.Immediately] = "immediately, in the open session too",
        [TakesEffect.WithNextUse] = "with the next call, write, close, stop, refusal, error or log message",
        [TakesEffect.WithNextAttempt] = "with the next attempt",
        [TakesEffect.WithNextSession] = "with the next session",
        [TakesEffect.WithNextLoss] = "with the next lost session",
        [TakesEffect.WithNextStart] = "with the next start of the host",
    };

    public static TheoryData<string> Tables => [.. s_tables.Select(static table => table.Options.Name)];

    private static readonly Table[] s_tables =
    [
        new Table<LateConnectionOptions>(OptionTables.Connection), new Table<LateReconnectOptions>(OptionTables.Reconnect), new Table<LateRotationOptions>(OptionTables.Rotation),
        new Table<LateRestartOptions>(OptionTables.Restart),
        new Table<LateSendLimitOptions>(OptionTables.SendLimit), new Table<LateSupervisorOptions>(OptionTables.Supervisor), new Table<LateConnectBudgetOptions>(OptionTables.Budget),
        new Table<LateHealthOptions>(OptionTables.Health),
    ];

    [Fact]
    public void Every_class_of_options_has_its_table()
    {
        var classes = typeof(LateConnectionOptions).Assembly.GetExportedTypes().Where(static type => type.Name.EndsWith("Options", StringComparison.Ordinal));

        AssertNone(classes.Except([.. s_tables.Select(static table => table.Options), .. s_others.Keys]).Select(static type => $"{type.Name} has no table. Add one to OptionTables, and to the tables of this test."));
    }

    [Theory]
    [MemberData(nameof(Tables))]
    public void Every_property_has_its_row_and_every_row_its_property(string options)
    {
        var table = Find(options);
        var properties = table.Options.GetProperties().Select(static property => property.Name).ToArray();

        string[] wrong =
        [
            .. properties.Except(table.Names).Select(name => $"{options}.{name} has no row. Add one to OptionTables, where the other rows of {options} are."),
            .. table.Names.Except(properties).Select(name => $"OptionTables has a row {name} for {options}, which has no such property."),
            .. table.Names.GroupBy(static name => name).Where(static rows => rows.Count() > 1).Select(rows => $"OptionTables has {rows.Count()} rows {rows.Key} for {options}."),
        ];
        AssertNone(wrong);
    }

    [Theory] // A row that was copied from another one still has the other's get or set.
    [MemberData(nameof(Tables))]
    public void Every_row_reads_and_compares_its_own_property(string options)
    {
        var table = Find(options);

        AssertNone(table.Names.Select(table.ProblemOfRow).OfType<string>());
    }

    [Fact]
    public void The_page_of_options_names_every_option_and_when_a_reload_of_it_takes_effect()
    {
        var rows = Repository.Read("docs/configuration.md").Split('\n').Where(static line => line.StartsWith("| `", StringComparison.Ordinal)).ToArray();
        var missing = new List<string>();
        foreach (var (name, how) in ConnectionOptions())
        {
            if (!rows.Any(row => row.StartsWith($"| `{name}` |", StringComparison.Ordinal)))
            {
                missing.Add($"docs/configuration.md has no row `{name}` in the table of options.");
            }

            // A section stands for all its options.
            var shown = name.Split('.')[0];
            if (how is { } effect && !rows.Any(row => row.Contains($"`{shown}`", StringComparison.Ordinal) && row.Contains($"| {s_words[effect]}", StringComparison.Ordinal)))
            {
                missing.Add($"docs/configuration.md does not name `{shown}` among the options that take effect \"{s_words[effect]}\", as the row of {name} has it ({effect}).");
            }
        }

        AssertNone(missing);
    }

    // In whole: a collection's assertion shows the first words only.
    private static void AssertNone(IEnumerable<string> wrong)
    {
        var message = string.Join(Environment.NewLine, wrong);
        Assert.True(message.Length == 0, message);
    }

    private static Table Find(string options) => s_tables.Single(table => table.Options.Name == options);

    /// <summary>The options of connections as docs/configuration.md writes them, and when a change takes effect; null where none can be read.</summary>
    private static IEnumerable<(string Name, TakesEffect? How)> ConnectionOptions() =>
        from table in s_tables.Take(4)
        let section = table.Options == typeof(LateConnectionOptions) ? "" : $"{table.Options.Name["Late".Length..^"Options".Length]}."
        from name in table.Names
        where !IsNested(table.Options.GetProperty(name)!)
        select (section + name, table.TakesEffect(name));

    private static bool IsNested(PropertyInfo property) => property.PropertyType.Name.EndsWith("Options", StringComparison.Ordinal);

    /// <summary>A text that is not the default.</summary>
    private static string TextOf(PropertyInfo property) => (Nullable.GetUnderlyingType(property.PropertyType) ?? property.PropertyType) switch
    {
        { IsEnum: true } type => Enum.GetNames(type)[^1],
        var type when type == typeof(TimeSpan) => "00:00:59",
        var type when type == typeof(TimeOnly) => "04:00",
        var type when type == typeof(bool) => "true",
        var type when type == typeof(double) => "0.25",
        var type when type == typeof(Version) => "2.0",
        var type when type == typeof(Uri) => "wss://feed.example",
        _ => "1011",
    };

    private abstract record Table(Type Options)
    {
        public abstract IReadOnlyCollection<string> Names { get; }

        /// <summary>When a change of an option takes effect; null where no text can hold it.</summary>
        public abstract TakesEffect? TakesEffect(string name);

        /// <summary>What is wrong with how a row reads and compares its option; null where nothing is.</summary>
        public abstract string? ProblemOfRow(string name);
    }

    private sealed record Table<TOptions>(OptionTable<TOptions> Rows) : Table(typeof(TOptions))
        where TOptions : new()
    {
        public override IReadOnlyCollection<string> Names => Rows.Names;

        public override TakesEffect? TakesEffect(string name) => Read(name) is { } read ? EffectsOf(read.Options).Select(static effect => (TakesEffect?)effect).FirstOrDefault() : null;

        public override string? ProblemOfRow(string name)
        {
            if (Read(name) is not { } read)
            {
                return null;
            }

            if (read.Problems.Count > 0)
            {
                return $"The row {name} of {Options.Name} does not read '{TextOf(Options.GetProperty(name)!)}': {read.Problems[0]}";
            }

            var changed = Options.GetProperties().Where(property => !IsNested(property) && !IsSame(property.GetValue(read.Options), property.GetValue(new TOptions()))).Select(static property => property.Name);
            return !changed.SequenceEqual([name]) ? $"The row {name} of {Options.Name} sets [{string.Join(", ", changed)}]."
                : EffectsOf(read.Options).Count() != 1 || !Rows.Changed(new TOptions(), read.Options, EffectsOf(read.Options).Single()).SequenceEqual([name]) ? $"The row {name} of {Options.Name} does not compare {name}."
                : null;
        }

        /// <summary>Reads one option alone; null where no text can hold it.</summary>
        private (TOptions Options, List<string> Problems)? Read(string name)
        {
            var property = Options.GetProperty(name)!;
            if (IsNested(property) || property.PropertyType.IsSubclassOf(typeof(Delegate)))
            {
                return null;
            }

            var key = property.PropertyType == typeof(IDictionary<string, StringValues>) ? $"{name}:A" : property.PropertyType.IsInterface ? $"{name}:0" : name;
            var section = new ConfigurationBuilder().AddInMemoryCollection([new($"Test:{key}", TextOf(property))]).Build().GetSection("Test");
            var (options, problems) = (new TOptions(), new List<string>());
            Rows.Read(section, options, problems);
            return (options, problems);
        }

        private IEnumerable<TakesEffect> EffectsOf(TOptions options) =>
            Enum.GetValues<TakesEffect>().Where(how => Rows.Changed(new TOptions(), options, how).Any());

        private static bool IsSame(object? one, object? other) => one is IEnumerable many and not string
            ? many.Cast<object>().SequenceEqual(((IEnumerable)other!).Cast<object>())
            : Equals(one, other);
    }
}
