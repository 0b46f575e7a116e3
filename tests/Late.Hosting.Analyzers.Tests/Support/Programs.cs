using System.Collections.Immutable;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.Diagnostics;

namespace Late.Hosting.Analyzers.Tests.Support;

/// <summary>Programs as a user's compiler sees them: with the library, ASP.NET Core, the test kit, and all analyzers.</summary>
internal static class Programs
{
    public const string Usings = """
        global using System;
        global using System.Collections.Generic;
        global using System.IO;
        global using System.Linq;
        global using System.Net.Http;
        global using System.Threading;
        global using System.Threading.Tasks;
        """;

    public static readonly CSharpParseOptions Parsing = new(LanguageVersion.CSharp14);

    public static readonly ImmutableArray<MetadataReference> References =
    [
        .. ((string)AppContext.GetData("TRUSTED_PLATFORM_ASSEMBLIES")!).Split(Path.PathSeparator)
            .Where(static path => !path.EndsWith("Analyzers.Tests.dll", StringComparison.Ordinal))
            .Select(static path => MetadataReference.CreateFromFile(path)),
    ];

    public static readonly ImmutableArray<DiagnosticAnalyzer> Analyzers =
    [
        new PayloadKeptAnalyzer(), new BlockingAnalyzer(), new OwnClientAnalyzer(), new UnimplementedCallbackAnalyzer(), new HoldCallsAnalyzer(),
    ];

    public static CSharpCompilationOptions Options(OutputKind kind) => new(kind, nullableContextOptions: NullableContextOptions.Enable);

    public static CSharpCompilation Compile(OutputKind kind, params IEnumerable<string> sources) => CSharpCompilation.Create(
        "Program",
        sources.Prepend(Usings).Select(static (source, index) => CSharpSyntaxTree.ParseText(source, Parsing, $"{index}.cs")),
        References,
        Options(kind));

    /// <summary>What the analyzers report; a failing analyzer is a failing test.</summary>
    public static async Task<ImmutableArray<Diagnostic>> AnalyzeAsync(Compilation compilation)
    {
        var options = new CompilationWithAnalyzersOptions(
            new AnalyzerOptions([]), static (exception, analyzer, _) => throw new InvalidOperationException($"{analyzer} failed: {exception}"), concurrentAnalysis: true, logAnalyzerExecutionTime: false);
        var found = await new CompilationWithAnalyzers(compilation, Analyzers, options).GetAnalyzerDiagnosticsAsync(TestContext.Current.CancellationToken);
        return [.. found.OrderBy(static diagnostic => diagnostic.Location.SourceTree?.FilePath).ThenBy(static diagnostic => diagnostic.Location.SourceSpan.Start)];
    }

    public static IEnumerable<string> Errors(Compilation compilation) =>
        compilation.GetDiagnostics().Where(static diagnostic => diagnostic.Severity == DiagnosticSeverity.Error).Select(static diagnostic => diagnostic.ToString());
}
