using System.Text.RegularExpressions;
using Late.Hosting.Analyzers.Tests.Support;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace Late.Hosting.Analyzers.Tests;

/// <summary>What docs/analyzers.md shows is reported, or not, as it states; what README, the other pages, samples and examples show is clean.</summary>
public sealed partial class DocumentationTests
{
    private static readonly string Page = Repository.Read("docs/analyzers.md");

    [Fact]
    public void Every_rule_has_its_section_with_a_wrong_and_a_right_example()
    {
        var rules = Programs.Analyzers.SelectMany(static analyzer => analyzer.SupportedDiagnostics).ToList();

        Assert.Equal(["LATE001", "LATE002", "LATE003", "LATE004", "LATE005"], rules.Select(static rule => rule.Id));
        Assert.Equal(rules.SelectMany(static rule => new[] { rule.Id, "clean" }), Examples().Select(static example => example.Kind));
        Assert.All(rules, static rule =>
        {
            Assert.Equal($"docs/analyzers.md#{rule.Id.ToLowerInvariant()}", rule.HelpLinkUri);
            Assert.Contains($"## {rule.Id}\n\n**{rule.Title}.**", Page, StringComparison.Ordinal);
            Assert.Contains($"| [{rule.Id}](#{rule.Id.ToLowerInvariant()}) | {rule.Category} | warning |", Page, StringComparison.Ordinal);
            Assert.Equal(DiagnosticSeverity.Warning, rule.DefaultSeverity);
        });
    }

    [Fact]
    public async Task Wrong_examples_are_reported_and_right_ones_are_not()
    {
        foreach (var (kind, code) in Examples())
        {
            var compilation = Compiler.Compile(OutputKind.DynamicallyLinkedLibrary, $"using Late.Hosting;\n{code}");
            Assert.Empty(Programs.Errors(compilation));
            var found = (await Programs.AnalyzeAsync(compilation)).Select(static diagnostic => diagnostic.Id);
            Assert.Equal(kind == "clean" ? [] : [kind], found);
        }
    }

    [Fact]
    public async Task The_handlers_of_README_and_the_other_pages_are_clean()
    {
        // Whether they compile together is the pages' own test.
        var pages = Directory.EnumerateFiles(Path.Combine(Repository.Folder, "docs"), "*.md").Select(File.ReadAllText).Append(Repository.Read("README.md"));
        var sources = pages.SelectMany(static page => CompiledBlock().Matches(page)).Select(static block => block.Groups["code"].Value).ToList();
        await IsCleanAsync(sources, atLeast: 4);
    }

    [Theory]
    [InlineData("samples/WorkerSample", 1)]
    [InlineData("samples/GatewayBot", 2)]
    [InlineData("samples/JsonRpcClient", 1)]
    public Task Each_sample_is_clean(string folder, int handlers) => IsCleanAsync(Sources(folder), handlers);

    [Fact]
    public async Task The_example_applications_compile_and_are_clean()
    {
        var sources = Sources("tests/Late.Hosting.Analyzers.Tests/Examples").ToList();

        Assert.Equal(3, sources.Count);
        Assert.Empty(Programs.Errors(Compiler.Compile(OutputKind.DynamicallyLinkedLibrary, sources)));
        await IsCleanAsync(sources, atLeast: 3);
    }

    private static async Task IsCleanAsync(IReadOnlyList<string> sources, int atLeast)
    {
        var compilation = Compiler.Compile(OutputKind.ConsoleApplication, sources);
        var symbols = LateSymbols.Find(compilation)!;
        var handlers = compilation.SyntaxTrees.SelectMany(tree => tree.GetRoot().DescendantNodes().OfType<ClassDeclarationSyntax>()
            .Select(type => compilation.GetSemanticModel(tree).GetDeclaredSymbol(type)!).Where(symbols.IsHandler));

        Assert.InRange(handlers.Count(), atLeast, int.MaxValue);
        Assert.Empty((await Programs.AnalyzeAsync(compilation)).Select(static diagnostic => diagnostic.ToString()));
    }

    private static List<string> Sources(string folder) =>
    [
        .. Directory.EnumerateFiles(Path.Combine(Repository.Folder, folder), "*.cs", SearchOption.AllDirectories)
            .Where(static path => !path.Contains("/obj/", StringComparison.Ordinal) && !path.Contains("/bin/", StringComparison.Ordinal))
            .Order(StringComparer.Ordinal)
            .Select(File.ReadAllText),
    ];

    private static List<(string Kind, string Code)> Examples() =>
        [.. Example().Matches(Page).Select(static block => (block.Groups["kind"].Value, block.Groups["code"].Value))];

    [GeneratedRegex("^<!-- analyzed as: (?<kind>[A-Za-z0-9]+) -->\n```csharp\n(?<code>.*?)^```$", RegexOptions.Multiline | RegexOptions.Singleline)]
    private static partial Regex Example();

    [GeneratedRegex("^<!-- compiled as: [a-z]+ -->\n```csharp\n(?<code>.*?)^```$", RegexOptions.Multiline | RegexOptions.Singleline)]
    private static partial Regex CompiledBlock();
}
