using System.Collections.Immutable;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;

namespace Late.Hosting.Tests.Shared.Compiling;

/// <summary>Compiles what an application could type, against all that the test project references.</summary>
internal static class Compiler
{
    /// <summary>What an SDK project has by ImplicitUsings.</summary>
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
            .Where(static path => Path.GetFileNameWithoutExtension(path) != typeof(Compiler).Assembly.GetName().Name)
            .Select(static path => MetadataReference.CreateFromFile(path)),
    ];

    public static CSharpCompilationOptions Options(OutputKind kind) => new(kind, nullableContextOptions: NullableContextOptions.Enable);

    public static CSharpCompilation Compile(OutputKind kind, params IEnumerable<string> sources) => CSharpCompilation.Create(
        "Application",
        sources.Prepend(Usings).Select(static (source, index) => CSharpSyntaxTree.ParseText(source, Parsing, $"{index}.cs")),
        References,
        Options(kind));

    /// <summary>The errors and warnings of an application.</summary>
    /// <param name="sources">Its files; one has its <c>Main</c>.</param>
    public static List<Diagnostic> Check(IEnumerable<string> sources) =>
        [.. Compile(OutputKind.ConsoleApplication, sources).GetDiagnostics().Where(static diagnostic => diagnostic.Severity >= DiagnosticSeverity.Warning)];
}
