using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CodeActions;
using Microsoft.CodeAnalysis.CodeFixes;
using Microsoft.CodeAnalysis.Formatting;
using Microsoft.CodeAnalysis.Simplification;
using Microsoft.CodeAnalysis.Text;

namespace Late.Hosting.Analyzers.Tests.Support;

/// <summary>Runs all analyzers over a program, and applies a fix until nothing is reported.</summary>
internal static class Check
{
    /// <summary>The rule reports what <c>[|…|]</c> marks, in a program that compiles, and no rule reports more.</summary>
    public static async Task<IReadOnlyList<Diagnostic>> ReportsAsync(string rule, string program)
    {
        var marked = Marked.Parse(program);
        var compilation = Compiler.Compile(OutputKind.DynamicallyLinkedLibrary, marked.Source);
        Assert.Empty(Programs.Errors(compilation));
        var found = await Programs.AnalyzeAsync(compilation);

        Assert.NotEmpty(marked.Spans);
        Assert.Equal(
            marked.Spans.Select(span => $"{rule} {marked.Source.Substring(span.Start, span.Length)}"),
            found.Select(diagnostic => $"{diagnostic.Id} {marked.Source.Substring(diagnostic.Location.SourceSpan.Start, diagnostic.Location.SourceSpan.Length)}"));
        Assert.Equal(marked.Spans, found.Select(static diagnostic => diagnostic.Location.SourceSpan));
        return found;
    }

    /// <summary>No rule reports anything in a program that compiles.</summary>
    public static async Task IsCleanAsync(string program)
    {
        var compilation = Compiler.Compile(OutputKind.DynamicallyLinkedLibrary, program);
        Assert.Empty(Programs.Errors(compilation));
        Assert.Empty((await Programs.AnalyzeAsync(compilation)).Select(static diagnostic => diagnostic.ToString()));
    }

    /// <summary>The rule reports what is marked, and its fix leads to the other program, which compiles and is clean.</summary>
    public static async Task FixesAsync<TFix>(string rule, string wrong, string right)
        where TFix : CodeFixProvider, new()
    {
        await ReportsAsync(rule, wrong);
        Assert.Equal(right.ReplaceLineEndings("\n"), await FixAsync(new TFix(), Marked.Parse(wrong).Source));
        await IsCleanAsync(right);
    }

    /// <summary>The rule reports what is marked, and offers no fix.</summary>
    public static async Task OffersNoFixAsync<TFix>(string rule, string wrong)
        where TFix : CodeFixProvider, new()
    {
        await ReportsAsync(rule, wrong);
        var source = Marked.Parse(wrong).Source;
        Assert.Equal(source, await FixAsync(new TFix(), source));
    }

    private static async Task<string> FixAsync(CodeFixProvider provider, string source)
    {
        using var workspace = new AdhocWorkspace();
        var project = workspace.AddProject(ProjectInfo.Create(
            ProjectId.CreateNewId(), VersionStamp.Default, "Program", "Program", LanguageNames.CSharp,
            compilationOptions: Compiler.Options(OutputKind.DynamicallyLinkedLibrary), parseOptions: Compiler.Parsing, metadataReferences: Compiler.References));
        project = project.AddDocument("Usings.cs", SourceText.From(Compiler.Usings)).Project;
        var document = project.AddDocument("Program.cs", SourceText.From(source));
        for (var rounds = 0; await ActionAsync(provider, document) is { } action; rounds++)
        {
            Assert.True(rounds < 10, "The fix does not remove its diagnostic.");
            var operation = (await action.GetOperationsAsync(TestContext.Current.CancellationToken)).OfType<ApplyChangesOperation>().Single();
            document = operation.ChangedSolution.GetDocument(document.Id)!;
            document = await Simplifier.ReduceAsync(document, Simplifier.Annotation, cancellationToken: TestContext.Current.CancellationToken);
            document = await Formatter.FormatAsync(document, Formatter.Annotation, cancellationToken: TestContext.Current.CancellationToken);
        }

        return (await document.GetTextAsync(TestContext.Current.CancellationToken)).ToString().ReplaceLineEndings("\n");
    }

    // The fix of the first diagnostic that has one.
    private static async Task<CodeAction?> ActionAsync(CodeFixProvider provider, Document document)
    {
        var compilation = await document.Project.GetCompilationAsync(TestContext.Current.CancellationToken);
        var tree = await document.GetSyntaxTreeAsync(TestContext.Current.CancellationToken);
        List<CodeAction> actions = [];
        foreach (var diagnostic in (await Programs.AnalyzeAsync(compilation!)).Where(found => found.Location.SourceTree == tree && provider.FixableDiagnosticIds.Contains(found.Id)))
        {
            await provider.RegisterCodeFixesAsync(new CodeFixContext(document, diagnostic, (action, _) => actions.Add(action), TestContext.Current.CancellationToken));
        }

        return actions.FirstOrDefault();
    }
}
