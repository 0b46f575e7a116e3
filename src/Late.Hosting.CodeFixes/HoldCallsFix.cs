using System.Collections.Immutable;
using System.Composition;
using Late.Hosting.Analyzers;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CodeFixes;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace Late.Hosting.CodeFixes;

/// <summary>LATE005: removes <c>HoldCalls()</c>, or assigns what it returns.</summary>
[ExportCodeFixProvider(LanguageNames.CSharp), Shared]
public sealed class HoldCallsFix : LateCodeFix
{
    /// <inheritdoc/>
    public override ImmutableArray<string> FixableDiagnosticIds { get; } = [Rules.HoldCalls.Id];

    private protected override Fix? Find(FixContext context)
    {
        if (context.Node.Parent is not MemberAccessExpressionSyntax { Parent: InvocationExpressionSyntax call, Expression: var result })
        {
            return null;
        }

        if (context.Diagnostic.Properties[HoldCallsAnalyzer.IsDiscarded] != "true")
        {
            return new Fix("Remove HoldCalls()", _ => context.With(context.Root.ReplaceNode(call, result.WithTriviaFrom(call))));
        }

        if (call.Parent is ExpressionStatementSyntax && context.Model.GetSymbolInfo(result).Symbol is ILocalSymbol)
        {
            var assignment = SyntaxFactory.AssignmentExpression(SyntaxKind.SimpleAssignmentExpression, result.WithoutTrivia(), call.WithoutTrivia())
                .NormalizeWhitespace().WithTriviaFrom(call);
            return new Fix("Assign the result of HoldCalls()", _ => context.With(context.Root.ReplaceNode(call, assignment)));
        }

        return null;
    }
}
