using System.Collections.Immutable;
using System.Composition;
using Late.Hosting.Analyzers;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CodeFixes;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace Late.Hosting.CodeFixes;

/// <summary>LATE002: awaits what was waited for, and makes the callback <c>async</c> where it is not.</summary>
[ExportCodeFixProvider(LanguageNames.CSharp), Shared]
public sealed class BlockingFix : LateCodeFix
{
    /// <inheritdoc/>
    public override ImmutableArray<string> FixableDiagnosticIds { get; } = [Rules.Blocking.Id];

    private protected override Fix? Find(FixContext context)
    {
        var blocking = context.Node.FirstAncestorOrSelf<ExpressionSyntax>();
        var function = blocking?.Ancestors().FirstOrDefault(static node => node is AnonymousFunctionExpressionSyntax or LocalFunctionStatementSyntax or MethodDeclarationSyntax or LockStatementSyntax);
        if (blocking is null || Awaitable(blocking, context.Model) is not { } awaitable)
        {
            return null;
        }

        var awaited = Await(awaitable, blocking);
        if (IsAsync(function))
        {
            return new Fix("Use await", _ => context.With(context.Root.ReplaceNode(blocking, awaited)));
        }

        return function is MethodDeclarationSyntax method && AsyncMethod.Find(method, blocking, awaited, context.Model) is { } asynchronous
            ? new Fix("Make the callback async and use await", _ => context.With(context.Root.ReplaceNode(method, asynchronous)))
            : null;
    }

    /// <summary><c>await</c> in front of an expression, with the parentheses that its place needs.</summary>
    internal static ExpressionSyntax Await(ExpressionSyntax awaitable, ExpressionSyntax replaced)
    {
        awaitable = awaitable.WithoutTrivia();
        if (awaitable is not (IdentifierNameSyntax or MemberAccessExpressionSyntax or InvocationExpressionSyntax or ElementAccessExpressionSyntax or ParenthesizedExpressionSyntax))
        {
            awaitable = SyntaxFactory.ParenthesizedExpression(awaitable);
        }

        ExpressionSyntax awaited = SyntaxFactory.AwaitExpression(
            SyntaxFactory.Token(SyntaxKind.AwaitKeyword).WithTrailingTrivia(SyntaxFactory.Space), awaitable);
        if (replaced.Parent is MemberAccessExpressionSyntax or ElementAccessExpressionSyntax or ConditionalAccessExpressionSyntax or PostfixUnaryExpressionSyntax)
        {
            awaited = SyntaxFactory.ParenthesizedExpression(awaited);
        }

        return awaited.WithTriviaFrom(replaced);
    }

    private static bool IsAsync(SyntaxNode? function) => function switch
    {
        AnonymousFunctionExpressionSyntax lambda => lambda.AsyncKeyword.IsKind(SyntaxKind.AsyncKeyword),
        LocalFunctionStatementSyntax local => local.Modifiers.Any(SyntaxKind.AsyncKeyword),
        MethodDeclarationSyntax method => method.Modifiers.Any(SyntaxKind.AsyncKeyword),
        _ => false,
    };

    /// <summary>What is awaited instead; null where there is nothing of the kind.</summary>
    private static ExpressionSyntax? Awaitable(ExpressionSyntax blocking, SemanticModel model) => blocking switch
    {
        MemberAccessExpressionSyntax { Name.Identifier.Text: "Result", Expression: var task } => task,
        InvocationExpressionSyntax
        {
            Expression: MemberAccessExpressionSyntax
            {
                Name.Identifier.Text: "GetResult",
                Expression: InvocationExpressionSyntax { Expression: MemberAccessExpressionSyntax { Expression: var task } },
            },
        } => task,
        InvocationExpressionSyntax { Expression: MemberAccessExpressionSyntax { Expression: var receiver } } call
            when model.GetSymbolInfo(call).Symbol is IMethodSymbol method => Awaitable(call, receiver, method, model),
        _ => null,
    };

    private static ExpressionSyntax? Awaitable(InvocationExpressionSyntax call, ExpressionSyntax receiver, IMethodSymbol method, SemanticModel model)
    {
        var arguments = call.ArgumentList.WithoutTrivia();
        switch (method.ContainingType.Name, method.Name)
        {
            case ("Task", "Wait") when arguments.Arguments.Count == 0:
                return receiver;
            case ("Task", "Wait") when method.Parameters.Length == 1 && method.Parameters[0].Type.Name == "CancellationToken":
            case ("SemaphoreSlim", "Wait"):
                return SyntaxFactory.ParseExpression($"{receiver.WithoutTrivia()}.WaitAsync{arguments}");
            case ("Task", "WaitAll") when method.Parameters.Length == 1:
                return SyntaxFactory.ParseExpression($"{receiver.WithoutTrivia()}.WhenAll{arguments}");
            case ("Thread", "Sleep"):
                var token = Token(call.SpanStart, model);
                return SyntaxFactory.ParseExpression($"Task.Delay({arguments.Arguments}{(token is null ? "" : $", {token}")})");
            default:
                return null;
        }
    }

    private static string? Token(int position, SemanticModel model) =>
        model.LookupSymbols(position).OfType<IParameterSymbol>().FirstOrDefault(static parameter => parameter.Type.Name == "CancellationToken")?.Name;
}
