using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Formatting;

namespace Late.Hosting.CodeFixes;

/// <summary>Copies before a lambda what it uses of a frame: <c>var text = frame.GetText();</c>, and <c>text</c> in the lambda.</summary>
internal static class CapturedCopy
{
    /// <summary>The document's root with the copy; null where the lambda uses the frame in more than one way.</summary>
    public static SyntaxNode? Find(FixContext context, ExpressionSyntax captured, ITypeSymbol type)
    {
        var symbol = context.Model.GetSymbolInfo(captured).Symbol;
        var lambda = captured.Ancestors().OfType<AnonymousFunctionExpressionSyntax>()
            .LastOrDefault(lambda => symbol?.DeclaringSyntaxReferences.All(declared => !lambda.Span.Contains(declared.Span)) == true);
        if (symbol is null || lambda?.FirstAncestorOrSelf<StatementSyntax>() is not { Parent: BlockSyntax } statement)
        {
            return null;
        }

        var uses = lambda.DescendantNodes().OfType<IdentifierNameSyntax>()
            .Where(name => SymbolEqualityComparer.Default.Equals(context.Model.GetSymbolInfo(name).Symbol, symbol))
            .Select(name => Use(name, type))
            .ToList();
        if (uses.Select(static use => use.Name).Distinct().Count() != 1 || Declaration(uses[0].Name, captured.ToString()) is not var (variable, declaration))
        {
            return null;
        }

        if (context.Model.LookupSymbols(statement.SpanStart, name: variable).Length > 0)
        {
            return null;
        }

        var replaced = statement.ReplaceNodes(
            uses.Select(static use => use.Node), (use, _) => SyntaxFactory.IdentifierName(variable).WithTriviaFrom(use));
        var copy = SyntaxFactory.ParseStatement(declaration)
            .WithLeadingTrivia(statement.GetLeadingTrivia())
            .WithTrailingTrivia(SyntaxFactory.ElasticCarriageReturnLineFeed)
            .WithAdditionalAnnotations(Formatter.Annotation);
        return context.Root.ReplaceNode(statement, [copy, replaced.WithLeadingTrivia(Indentation(statement))]);
    }

    // The member that the lambda uses of the frame; the variable itself where it is memory.
    private static (string? Name, ExpressionSyntax Node) Use(IdentifierNameSyntax name, ITypeSymbol type) => (type.Name, name.Parent) switch
    {
        ("LateFrame", MemberAccessExpressionSyntax { Name.Identifier.Text: "Payload" } member) => ("Payload", member),
        ("LateFrame", MemberAccessExpressionSyntax { Name.Identifier.Text: "GetText" or "ToArray", Parent: InvocationExpressionSyntax call } member) =>
            (member.Name.Identifier.Text, call),
        ("ReadOnlyMemory" or "Memory", _) => ("Memory", name),
        _ => (null, name),
    };

    private static (string Variable, string Declaration)? Declaration(string? use, string captured) => use switch
    {
        "Payload" => ("payload", $"ReadOnlyMemory<byte> payload = {captured}.ToArray();"),
        "ToArray" => ("bytes", $"var bytes = {captured}.ToArray();"),
        "GetText" => ("text", $"var text = {captured}.GetText();"),
        "Memory" => ("copy", $"ReadOnlyMemory<byte> copy = {captured}.ToArray();"),
        _ => null,
    };

    private static SyntaxTriviaList Indentation(StatementSyntax statement) =>
        [.. statement.GetLeadingTrivia().Reverse().TakeWhile(static trivia => trivia.IsKind(SyntaxKind.WhitespaceTrivia)).Reverse()];
}
