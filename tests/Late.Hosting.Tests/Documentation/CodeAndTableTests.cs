using System.Collections;
using System.Diagnostics.Metrics;
using System.Globalization;
using System.Reflection;
using System.Text.RegularExpressions;
using Late.Hosting.Leases;
using Late.Hosting.Tests.Support;
using Microsoft.CodeAnalysis;

namespace Late.Hosting.Tests.Documentation;

/// <summary>What README and docs/ show compiles, and what their tables state of defaults, metrics and exceptions is so.</summary>
public sealed partial class CodeAndTableTests
{
    private static readonly string Readme = Repository.Read("README.md");

    // What stands at the top of the quick start's Program.cs.
    private const string SnippetUsings = """
        using System.Net;
        using System.Security.Cryptography.X509Certificates;
        using Late.Hosting;
        using Microsoft.Extensions.DependencyInjection;
        using Microsoft.Extensions.Hosting;
        using Polly;

        """;

    [Fact]
    public void Every_code_block_compiles()
    {
        Assert.All(Pages.All, static page => Assert.True(CodeFence().Count(Repository.Read(page)) == MarkedFence().Count(Repository.Read(page)), $"{page} has a block of C# that is neither compiled nor analyzed."));
        Assert.Equal(["file", "program", "registration", "test", "use"], Blocks().Select(static block => block.Kind).Distinct().Order());
        Assert.Empty(Compiler.Check(Sources()));
    }

    [Fact]
    public async Task The_tests_of_handlers_pass()
    {
        using var code = new MemoryStream();
        Assert.True(Compiler.Compile(OutputKind.ConsoleApplication, Sources()).Emit(code, cancellationToken: TestContext.Current.CancellationToken).Success);
        var shown = Blocks().Where(static block => block.Kind == "test").Select(static block => block.Code).ToList();
        var tests = Assembly.Load(code.ToArray()).GetExportedTypes()
            .Where(type => shown.Exists(code => code.Contains($"class {type.Name}", StringComparison.Ordinal)))
            .SelectMany(static type => type.GetMethods().Where(static method => method.IsDefined(typeof(FactAttribute))))
            .ToList();

        Assert.NotEmpty(tests);
        foreach (var test in tests)
        {
            await (Task)test.Invoke(Activator.CreateInstance(test.DeclaringType!), null)!;
        }
    }

    [Fact]
    public void The_quick_start_compiles_on_its_own()
    {
        Assert.Empty(Compiler.Check([.. Blocks().Where(static block => block.Kind == "program").Select(static block => block.Code)]));
    }

    [Theory]
    [InlineData(": LateHandler<")]
    [InlineData(": ILateHandler<")]
    public void README_shows_each_kind_of_handler_once(string kind) =>
        Assert.Single(Block().Matches(Readme), block => block.Groups["code"].Value.Contains(kind, StringComparison.Ordinal));

    [Theory]
    [InlineData("CallAsync(new Unhandled())")]
    [InlineData("PostAsync(new Unhandled())")]
    [InlineData("PostAfter(TimeSpan.Zero, new Unhandled())")]
    public void A_request_that_the_handler_does_not_handle_is_CS0311(string call)
    {
        var handler = Blocks().First(static block => block.Code.Contains("class TickerHandler", StringComparison.Ordinal)).Code;
        var errors = Compiler.Check([handler, $$"""
            using Late.Hosting;

            public sealed record Unhandled : ILateRequest<Unhandled, string>;

            public static class Program
            {
                public static void Main() => Use(null!);

                private static object Use(ILateClient<TickerHandler> client) => client.{{call}};
            }
            """]);

        Assert.Equal("CS0311", Assert.Single(errors).Id);
    }

    [Fact]
    public void The_table_of_options_has_the_real_defaults()
    {
        var documented = OptionRow().Matches(Section("docs/configuration.md", "## Options"))
            .Select(static row => $"{row.Groups["name"].Value} {row.Groups["default"].Value}");

        Assert.Equal([.. Defaults(new LateConnectionOptions(), ""), .. Defaults(new LateReconnectOptions(), "Reconnect."), .. Defaults(new LateRestartOptions(), "Restart."), .. Defaults(new LateRotationOptions(), "Rotation."), .. Defaults(new LateSendLimitOptions(), "SendLimit.")], documented);
    }

    [Fact]
    public async Task The_table_of_metrics_names_every_instrument_with_its_unit_and_kind()
    {
        var documented = MetricRow().Matches(Section("docs/observability.md", "## Metrics"))
            .Select(static row => $"{row.Groups["name"].Value} {row.Groups["unit"].Value} {row.Groups["kind"].Value}");
        await using var host = new TestHost();
        using var probe = new MetricProbe(host);
        var constants = typeof(LateTelemetry).GetFields()
            .Where(static field => !field.Name.EndsWith("Tag", StringComparison.Ordinal) && !field.Name.EndsWith("Name", StringComparison.Ordinal))
            .Select(static field => (string)field.GetValue(null)!);

        Assert.Equal(probe.Instruments.Select(static instrument => $"{instrument.Name} {instrument.Unit} {KindOf(instrument)}").Order(), documented.Order());
        Assert.Equal(probe.Instruments.Select(static instrument => instrument.Name).Order(), constants.Order());
    }

    [Fact]
    public void The_table_of_metrics_names_the_tags()
    {
        var tags = typeof(LateTelemetry).GetFields()
            .Where(static field => field.Name.EndsWith("Tag", StringComparison.Ordinal))
            .Select(static field => (string)field.GetValue(null)!);

        Assert.All(tags, tag => Assert.Contains($"`{tag}`", Section("docs/observability.md", "## Metrics"), StringComparison.Ordinal));
    }

    [Fact]
    public void The_tables_of_supervisors_and_budgets_have_the_real_defaults()
    {
        var documented = OptionRow().Matches(Repository.Read("docs/supervisors.md"))
            .Select(static row => $"{row.Groups["name"].Value} {row.Groups["default"].Value}");

        Assert.Equal([.. Defaults(new LateSupervisorOptions(), ""), .. Defaults(new LateConnectBudgetOptions(), "")], documented);
    }

    [Fact]
    public void The_table_of_leases_has_the_real_defaults()
    {
        var documented = OptionRow().Matches(Repository.Read("docs/leases.md"))
            .Select(static row => $"{row.Groups["name"].Value} {row.Groups["default"].Value}");

        Assert.Equal(Defaults(new LateLeaseOptions(), ""), documented);
    }

    [Fact]
    public void Every_callback_and_every_exception_is_named()
    {
        var callbacks = typeof(ILateHandler<>).GetMethods().Where(static method => method.IsPublic).Select(static method => method.Name);
        var exceptions = typeof(LateException).Assembly.GetExportedTypes()
            .Where(static type => type.IsSubclassOf(typeof(Exception)) && !type.IsAbstract)
            .Select(static type => type.Name);

        Assert.All([.. callbacks, .. exceptions], name => Assert.Contains($"| `{name}`", Readme, StringComparison.Ordinal));
    }

    private static string KindOf(Instrument instrument) => instrument.GetType().Name.Split('`')[0] switch
    {
        "Counter" or "ObservableCounter" => "counter",
        "ObservableUpDownCounter" => "up-down counter",
        "Histogram" => "histogram",
        var other => other,
    };

    private static IEnumerable<string> Defaults(object options, string prefix) =>
        from property in options.GetType().GetProperties().OrderBy(static property => property.MetadataToken)
        where property.PropertyType != typeof(LateReconnectOptions) && property.PropertyType != typeof(LateRotationOptions)
            && property.PropertyType != typeof(LateSendLimitOptions) && property.PropertyType != typeof(LateRestartOptions)
        select $"{prefix}{property.Name} {Shown(property, property.GetValue(options))}";

    private static string Shown(PropertyInfo property, object? value) => value switch
    {
        null => property.Name == nameof(LateConnectionOptions.Uri) ? "required" : "none",
        TimeSpan time => string.Create(CultureInfo.InvariantCulture, $"{time.TotalSeconds} s"),
        int number => number.ToString("N0", CultureInfo.InvariantCulture),
        false => "off",
        true => "on",
        Enum => $"`{value}`",
        Version version => $"{version}",
        Delegate function => $"`{function.Method.Name}`",
        IEnumerable items when !items.Cast<object>().Any() => "none",
        _ => throw new InvalidOperationException($"The table has no form for {property.Name}."),
    };

    /// <summary>Every block as a file of its own.</summary>
    private static List<string> Sources() =>
    [
        .. Blocks().Select(static block => block.Kind switch
        {
            "registration" => $$"""
                {{SnippetUsings}}
                file static class Snippet
                {
                    public static void Run(IHostApplicationBuilder builder)
                    {
                        {{block.Code}}
                    }
                }
                """,
            "use" => $$"""
                {{SnippetUsings}}
                file static class Snippet
                {
                    public static async Task RunAsync(ILateClient<TickerHandler> ticker, ILateClient<PingHandler> pinger, CancellationToken cancellationToken)
                    {
                        {{block.Code}}
                    }
                }
                """,
            _ => block.Code,
        }),
        "public interface ITokenSource { ValueTask<string> GetAsync(CancellationToken cancellationToken); }",

        // What the source generator would make of the context.
        """
        public static class FeedJson
        {
            public static class Default
            {
                public static System.Text.Json.Serialization.Metadata.JsonTypeInfo<global::FeedMessage> FeedMessage => null!;
            }
        }
        """,
    ];

    private static List<(string Kind, string Code)> Blocks() =>
    [
        .. Pages.All.SelectMany(static page => Block().Matches(Repository.Read(page)))
            .Select(static block => (block.Groups["kind"].Value, block.Groups["code"].Value)),
    ];

    /// <summary>A section of a page, from its heading to the next one.</summary>
    private static string Section(string page, string heading)
    {
        var text = Repository.Read(page);
        var start = text.IndexOf($"\n{heading}\n", StringComparison.Ordinal) + 1;
        return text[start..text.IndexOf("\n## ", start, StringComparison.Ordinal)];
    }

    [GeneratedRegex("^<!-- compiled as: (?<kind>[a-z]+) -->\n```csharp\n(?<code>.*?)^```$", RegexOptions.Multiline | RegexOptions.Singleline)]
    private static partial Regex Block();

    [GeneratedRegex("^<!-- (compiled|analyzed) as: [A-Za-z0-9]+ -->\n```csharp$", RegexOptions.Multiline)]
    private static partial Regex MarkedFence();

    [GeneratedRegex("^```(csharp|cs|c#)$", RegexOptions.Multiline | RegexOptions.IgnoreCase)]
    private static partial Regex CodeFence();

    [GeneratedRegex(@"^\| `(?<name>[A-Za-z.]+)` \| (?<default>[^|]+?) \|", RegexOptions.Multiline)]
    private static partial Regex OptionRow();

    [GeneratedRegex(@"^\| `(?<name>[a-z.]+)` \| `(?<unit>[^`]+)` \| (?<kind>[a-z-]+( counter)?) \|", RegexOptions.Multiline)]
    private static partial Regex MetricRow();
}
