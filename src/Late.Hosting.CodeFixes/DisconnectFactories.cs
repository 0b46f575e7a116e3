using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace Late.Hosting.CodeFixes;

/// <summary>A callback that returns a result of a session, where that of a disconnect is wanted: the same factories, without frames, are in another class.</summary>
internal static class DisconnectFactories
{
    private const string Old = "LateResult";
    private const string New = "LateDisconnectResult";

    /// <summary>True where the body needs no other change than the class of its factories.</summary>
    public static bool CanReplace(MethodDeclarationSyntax method, IMethodSymbol symbol, IMethodSymbol callback) =>
        IsWanted(symbol, callback) && Names(method).All(static name => name is IdentifierNameSyntax && name.Parent is MemberAccessExpressionSyntax access
            && access.Expression == name && access.Parent is InvocationExpressionSyntax { ArgumentList.Arguments.Count: 1 }
            && access.Name.Identifier.ValueText is "Ok" or "Reconnect" or "Stop");

    /// <summary>The method with the factories of the callback's result.</summary>
    public static MethodDeclarationSyntax Replace(MethodDeclarationSyntax method, IMethodSymbol symbol, IMethodSymbol callback) =>
        IsWanted(symbol, callback)
            ? method.ReplaceNodes(Names(method), static (name, _) => SyntaxFactory.IdentifierName(New).WithTriviaFrom(name))
            : method;

    private static IEnumerable<SimpleNameSyntax> Names(MethodDeclarationSyntax method) =>
        ((SyntaxNode?)method.Body ?? method.ExpressionBody)?.DescendantNodes().OfType<SimpleNameSyntax>().Where(static name => name.Identifier.ValueText == Old) ?? [];

    private static bool IsWanted(IMethodSymbol method, IMethodSymbol callback) =>
        Result(method.ReturnType).Name == Old && Result(callback.ReturnType).Name == New
        && (method.ReturnType.Name == callback.ReturnType.Name || (method.IsAsync ? method.ReturnType.Name == "Task" : method.ReturnType.Name == Old));

    private static ITypeSymbol Result(ITypeSymbol type) =>
        type is INamedTypeSymbol { Name: "ValueTask" or "Task", TypeArguments.Length: 1 } task ? task.TypeArguments[0] : type;
}
