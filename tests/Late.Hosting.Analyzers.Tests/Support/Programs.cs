using System.Collections.Immutable;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Diagnostics;

namespace Late.Hosting.Analyzers.Tests.Support;

/// <summary>What all analyzers report of a program.</summary>
internal static class Programs
{
    public static readonly ImmutableArray<DiagnosticAnalyzer> Analyzers =
    [
        new PayloadKeptAnalyzer(), new BlockingAnalyzer(), new OwnClientAnalyzer(), new UnimplementedCallbackAnalyzer(), new HoldCallsAnalyzer(),
    ];

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
