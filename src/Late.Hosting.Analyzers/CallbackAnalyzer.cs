using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Diagnostics;

namespace Late.Hosting.Analyzers;

/// <summary>Analyzes the bodies of callbacks, with their local functions and lambdas.</summary>
public abstract class CallbackAnalyzer : DiagnosticAnalyzer
{
    /// <inheritdoc/>
    public sealed override void Initialize(AnalysisContext context)
    {
        context.ConfigureGeneratedCodeAnalysis(GeneratedCodeAnalysisFlags.None);
        context.EnableConcurrentExecution();
        context.RegisterCompilationStartAction(start =>
        {
            if (LateSymbols.Find(start.Compilation) is { } symbols)
            {
                start.RegisterOperationBlockAction(block =>
                {
                    if (block.OwningSymbol is IMethodSymbol method && symbols.IsCallback(method))
                    {
                        Analyze(block, method, symbols);
                    }
                });
            }
        });
    }

    /// <summary>Analyzes one callback.</summary>
    private protected abstract void Analyze(OperationBlockAnalysisContext context, IMethodSymbol callback, LateSymbols symbols);
}
