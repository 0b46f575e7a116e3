using System.Collections.Immutable;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Diagnostics;
using Microsoft.CodeAnalysis.Operations;

namespace Late.Hosting.Analyzers;

/// <summary>LATE005: <c>HoldCalls()</c> on a result that <c>HandleConnect</c> does not return.</summary>
[DiagnosticAnalyzer(LanguageNames.CSharp)]
public sealed class HoldCallsAnalyzer : DiagnosticAnalyzer
{
    /// <summary>The property of a diagnostic whose call's value is discarded.</summary>
    internal const string IsDiscarded = nameof(IsDiscarded);

    /// <inheritdoc/>
    public override ImmutableArray<DiagnosticDescriptor> SupportedDiagnostics { get; } = [Rules.HoldCalls];

    /// <inheritdoc/>
    public override void Initialize(AnalysisContext context)
    {
        context.ConfigureGeneratedCodeAnalysis(GeneratedCodeAnalysisFlags.None);
        context.EnableConcurrentExecution();
        context.RegisterCompilationStartAction(static start =>
        {
            if (LateSymbols.Find(start.Compilation) is { } symbols)
            {
                start.RegisterOperationAction(operation => Analyze(operation, symbols), OperationKind.Invocation);
            }
        });
    }

    private static void Analyze(OperationAnalysisContext context, LateSymbols symbols)
    {
        var call = (IInvocationOperation)context.Operation;
        if (call.TargetMethod.Name != "HoldCalls" || !symbols.IsOwn(call.TargetMethod))
        {
            return;
        }

        if (call.Parent is IExpressionStatementOperation or ISimpleAssignmentOperation { Target: IDiscardOperation })
        {
            Report("a result that is discarded", "A result is immutable: HoldCalls() returns another one, which holds the calls", "Return what HoldCalls() returns", discarded: true);
        }
        else if (context.ContainingSymbol is IMethodSymbol method && symbols.IsCallback(method) && CallbackName.Stem(NameOf(method)) != "Connect")
        {
            Report($"a result of {NameOf(method)}", "Only the result of HandleConnect can hold calls: later the session is ready already", "Remove it, or hold calls in HandleConnect", discarded: false);
        }

        void Report(string where, string why, string advice, bool discarded) => context.ReportDiagnostic(Diagnostic.Create(
            Rules.HoldCalls,
            OperationSyntax.NameOf(call).GetLocation(),
            ImmutableDictionary<string, string?>.Empty.Add(IsDiscarded, discarded ? "true" : "false"),
            where,
            why,
            advice));
    }

    // An explicit implementation carries the interface in its name.
    private static string NameOf(IMethodSymbol method) =>
        method.ExplicitInterfaceImplementations.IsEmpty ? method.Name : method.ExplicitInterfaceImplementations[0].Name;
}
