using Microsoft.CodeAnalysis;

namespace Late.Hosting.CodeFixes;

/// <summary>Where a diagnostic stands.</summary>
internal sealed class FixContext(Document document, SyntaxNode root, SemanticModel model, SyntaxNode node, Diagnostic diagnostic)
{
    public Document Document { get; } = document;

    public SyntaxNode Root { get; } = root;

    public SemanticModel Model { get; } = model;

    public SyntaxNode Node { get; } = node;

    public Diagnostic Diagnostic { get; } = diagnostic;

    /// <summary>The solution with another root of the document.</summary>
    public Task<Solution> With(SyntaxNode newRoot) => Task.FromResult(Document.WithSyntaxRoot(newRoot).Project.Solution);
}
