using Late.Hosting.Analyzers;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace Late.Hosting.CodeFixes;

/// <summary>A method that returns a task, made <c>async</c>: it returns the result where it returned a task of it.</summary>
internal static class AsyncMethod
{
    /// <summary>The method with an expression replaced by an awaited one; null where it cannot be <c>async</c>.</summary>
    public static MethodDeclarationSyntax? Find(MethodDeclarationSyntax method, ExpressionSyntax blocking, ExpressionSyntax awaited, SemanticModel model)
    {
        if (model.GetDeclaredSymbol(method) is not { ReturnType: INamedTypeSymbol returned } symbol
            || !OperationSyntax.IsTask(returned)
            || symbol.Parameters.Any(static parameter => parameter.RefKind != RefKind.None || parameter.Type.IsRefLikeType))
        {
            return null;
        }

        var changes = new Dictionary<SyntaxNode, Func<SyntaxNode, SyntaxNode>> { [blocking] = _ => awaited };
        foreach (var node in method.DescendantNodes(static node => node is not (AnonymousFunctionExpressionSyntax or LocalFunctionStatementSyntax)))
        {
            var value = node is ReturnStatementSyntax { Expression: { } expression } ? expression : node == method.ExpressionBody ? method.ExpressionBody.Expression : null;
            if (value is null || value == blocking)
            {
                continue;
            }

            if (returned.IsGenericType)
            {
                if (Unwrapped(value, model) is { } unwrap)
                {
                    changes[value] = unwrap;
                }
            }
            else if (node is ReturnStatementSyntax statement && IsCompleted(value))
            {
                changes[statement] = static changed => ((ReturnStatementSyntax)changed)
                    .WithExpression(null)
                    .WithReturnKeyword(((ReturnStatementSyntax)changed).ReturnKeyword.WithTrailingTrivia());
            }
            else
            {
                return null;
            }
        }

        method = method.ReplaceNodes(changes.Keys, (node, changed) => changes[node](changed));
        var keyword = SyntaxFactory.Token(SyntaxKind.AsyncKeyword).WithTrailingTrivia(SyntaxFactory.Space);
        return method.Modifiers.Count > 0
            ? method.AddModifiers(keyword)
            : method.WithoutLeadingTrivia().WithModifiers([keyword.WithLeadingTrivia(method.GetLeadingTrivia())]);
    }

    /// <summary>How a returned task becomes its result; null for what is a result already.</summary>
    private static Func<SyntaxNode, SyntaxNode>? Unwrapped(ExpressionSyntax value, SemanticModel model) => value switch
    {
        // new(result), new ValueTask<T>(result), ValueTask.FromResult(result)
        BaseObjectCreationExpressionSyntax { ArgumentList.Arguments: { Count: 1 } arguments }
            when OperationSyntax.IsTask(model.GetTypeInfo(value).Type) && !OperationSyntax.IsTask(model.GetTypeInfo(arguments[0].Expression).Type) =>
            static changed => ((BaseObjectCreationExpressionSyntax)changed).ArgumentList!.Arguments[0].Expression.WithTriviaFrom(changed),
        InvocationExpressionSyntax { Expression: MemberAccessExpressionSyntax { Name.Identifier.Text: "FromResult" }, ArgumentList.Arguments.Count: 1 } =>
            static changed => ((InvocationExpressionSyntax)changed).ArgumentList.Arguments[0].Expression.WithTriviaFrom(changed),
        _ when OperationSyntax.IsTask(model.GetTypeInfo(value).Type) => changed => BlockingFix.Await((ExpressionSyntax)changed, value),
        _ => null,
    };

    private static bool IsCompleted(ExpressionSyntax value) =>
        value.IsKind(SyntaxKind.DefaultLiteralExpression) || value is DefaultExpressionSyntax or MemberAccessExpressionSyntax { Name.Identifier.Text: "CompletedTask" };
}
