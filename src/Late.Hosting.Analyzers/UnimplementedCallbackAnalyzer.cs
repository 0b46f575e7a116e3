using System.Collections.Concurrent;
using System.Collections.Immutable;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Diagnostics;
using Microsoft.CodeAnalysis.Operations;

namespace Late.Hosting.Analyzers;

/// <summary>LATE004: a method of a handler that looks like a callback, implements none, and is called by no code of the handler.</summary>
[DiagnosticAnalyzer(LanguageNames.CSharp)]
public sealed class UnimplementedCallbackAnalyzer : DiagnosticAnalyzer
{
    /// <inheritdoc/>
    public override ImmutableArray<DiagnosticDescriptor> SupportedDiagnostics { get; } = [Rules.NoCallback];

    /// <inheritdoc/>
    public override void Initialize(AnalysisContext context)
    {
        context.ConfigureGeneratedCodeAnalysis(GeneratedCodeAnalysisFlags.None);
        context.EnableConcurrentExecution();
        context.RegisterCompilationStartAction(static start =>
        {
            if (LateSymbols.Find(start.Compilation) is { } symbols)
            {
                var declared = symbols.DeclaredCallbacks();
                start.RegisterSymbolStartAction(type => Analyze(type, symbols, declared), SymbolKind.NamedType);
            }
        });
    }

    private static void Analyze(SymbolStartAnalysisContext context, LateSymbols symbols, ImmutableArray<IMethodSymbol> declared)
    {
        var type = (INamedTypeSymbol)context.Symbol;
        if (type.TypeKind != TypeKind.Class || !symbols.IsHandler(type))
        {
            return;
        }

        var candidates = type.GetMembers().OfType<IMethodSymbol>()
            .Select(method => (Method: method, Match: CallbackMatch.Find(method, symbols, declared)))
            .Where(static candidate => candidate.Match is not null)
            .ToImmutableArray();
        if (candidates.IsEmpty)
        {
            return;
        }

        // A helper that a callback calls is not reported, whatever its name.
        var called = new ConcurrentDictionary<IMethodSymbol, bool>(SymbolEqualityComparer.Default);
        context.RegisterOperationAction(
            operation => called.TryAdd(Target(operation.Operation).OriginalDefinition, true), OperationKind.Invocation, OperationKind.MethodReference);
        context.RegisterSymbolEndAction(end =>
        {
            foreach (var (method, match) in candidates)
            {
                if (!called.ContainsKey(method.OriginalDefinition))
                {
                    end.ReportDiagnostic(Diagnostic.Create(Rules.NoCallback, method.Locations[0], method.Name, match!.DisplayName, match.Advice));
                }
            }
        });
    }

    private static IMethodSymbol Target(IOperation operation) =>
        operation is IInvocationOperation call ? call.TargetMethod : ((IMethodReferenceOperation)operation).Method;
}
