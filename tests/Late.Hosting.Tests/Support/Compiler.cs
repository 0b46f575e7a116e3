using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;

namespace Late.Hosting.Tests.Support;

/// <summary>Compiles what an application could type.</summary>
internal static class Compiler
{
    // What an SDK project has by ImplicitUsings.
    private const string Usings = """
        global using System;
        global using System.Collections.Generic;
        global using System.IO;
        global using System.Linq;
        global using System.Net.Http;
        global using System.Threading;
        global using System.Threading.Tasks;
        """;

    /// <summary>The errors and warnings of an application.</summary>
    /// <param name="sources">Its files; one has its <c>Main</c>.</param>
    public static List<Diagnostic> Check(IReadOnlyList<string> sources) =>
        [.. Compile(sources).GetDiagnostics().Where(static diagnostic => diagnostic.Severity >= DiagnosticSeverity.Warning)];

    public static CSharpCompilation Compile(IReadOnlyList<string> sources)
    {
        var references = ((string)AppContext.GetData("TRUSTED_PLATFORM_ASSEMBLIES")!).Split(Path.PathSeparator)
            .Where(static path => !path.EndsWith("Late.Hosting.Tests.dll", StringComparison.Ordinal))
            .Select(static path => MetadataReference.CreateFromFile(path));
        var parsing = new CSharpParseOptions(LanguageVersion.CSharp14);
        return CSharpCompilation.Create(
            "Application",
            sources.Prepend(Usings).Select((source, index) => CSharpSyntaxTree.ParseText(source, parsing, $"{index}.cs")),
            references,
            new CSharpCompilationOptions(OutputKind.ConsoleApplication, nullableContextOptions: NullableContextOptions.Enable));
    }
}
