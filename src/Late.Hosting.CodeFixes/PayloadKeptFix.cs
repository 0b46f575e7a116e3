using System.Collections.Immutable;
using System.Composition;
using Late.Hosting.Analyzers;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CodeFixes;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Simplification;

namespace Late.Hosting.CodeFixes;

/// <summary>LATE001: copies what is kept.</summary>
[ExportCodeFixProvider(LanguageNames.CSharp), Shared]
public sealed class PayloadKeptFix : LateCodeFix
{
    /// <inheritdoc/>
    public override ImmutableArray<string> FixableDiagnosticIds { get; } = [Rules.PayloadKept.Id];

    private protected override Fix? Find(FixContext context)
    {
        if (context.Node is ArgumentSyntax { Expression: var argument })
        {
            context = new FixContext(context.Document, context.Root, context.Model, argument, context.Diagnostic);
        }

        if (context.Node is not ExpressionSyntax kept || context.Model.GetTypeInfo(kept).Type is not { } type)
        {
            return null;
        }

        if (context.Diagnostic.Properties[PayloadKeptAnalyzer.IsCaptured] == "true")
        {
            return CapturedCopy.Find(context, kept, type) is { } newRoot ? new Fix("Copy before the work begins", _ => context.With(newRoot)) : null;
        }

        return Copy(kept, type) is var (copy, call)
            ? new Fix($"Copy with {call}", _ => context.With(context.Root.ReplaceNode(kept, copy.WithTriviaFrom(kept))))
            : null;
    }

    private static (ExpressionSyntax Copy, string Call)? Copy(ExpressionSyntax kept, ITypeSymbol type) => type.Name switch
    {
        "LateFrame" when kept is IdentifierNameSyntax => (
            SyntaxFactory.ParenthesizedExpression(SyntaxFactory.ParseExpression($"{kept.WithoutTrivia()}.IsText ? LateFrame.Text({kept.WithoutTrivia()}.ToArray()) : LateFrame.Binary({kept.WithoutTrivia()}.ToArray())"))
                .WithAdditionalAnnotations(Simplifier.Annotation),
            "ToArray()"),
        "ReadOnlyMemory" when kept is MemberAccessExpressionSyntax { Name.Identifier.Text: "Payload", Expression: var frame } => (Call(frame, "ToArray"), "ToArray()"),
        "ReadOnlyMemory" or "Memory" or "ArraySegment" => (Call(kept, "ToArray"), "ToArray()"),
        "JsonElement" => (Call(kept, "Clone"), "Clone()"),
        _ => null,
    };

    private static InvocationExpressionSyntax Call(ExpressionSyntax on, string method)
    {
        on = on.WithoutTrivia();
        if (on is not (IdentifierNameSyntax or MemberAccessExpressionSyntax or InvocationExpressionSyntax or ElementAccessExpressionSyntax))
        {
            on = SyntaxFactory.ParenthesizedExpression(on);
        }

        return SyntaxFactory.InvocationExpression(
            SyntaxFactory.MemberAccessExpression(SyntaxKind.SimpleMemberAccessExpression, on, SyntaxFactory.IdentifierName(method)));
    }
}
