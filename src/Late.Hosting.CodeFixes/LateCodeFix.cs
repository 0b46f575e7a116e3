using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CodeActions;
using Microsoft.CodeAnalysis.CodeFixes;

namespace Late.Hosting.CodeFixes;

/// <summary>What the code fixes have in common: one fix for a diagnostic, found where the diagnostic stands.</summary>
public abstract class LateCodeFix : CodeFixProvider
{
    /// <inheritdoc/>
    public override FixAllProvider? GetFixAllProvider() => WellKnownFixAllProviders.BatchFixer;

    /// <inheritdoc/>
    public sealed override async Task RegisterCodeFixesAsync(CodeFixContext context)
    {
        var root = await context.Document.GetSyntaxRootAsync(context.CancellationToken).ConfigureAwait(false);
        var model = await context.Document.GetSemanticModelAsync(context.CancellationToken).ConfigureAwait(false);
        foreach (var diagnostic in context.Diagnostics)
        {
            var node = root!.FindNode(diagnostic.Location.SourceSpan, getInnermostNodeForTie: true);
            if (Find(new FixContext(context.Document, root, model!, node, diagnostic)) is var (title, apply))
            {
                context.RegisterCodeFix(CodeAction.Create(title, apply, diagnostic.Id + title), diagnostic);
            }
        }
    }

    /// <summary>Finds the fix; null where there is none.</summary>
    private protected abstract Fix? Find(FixContext context);

    /// <summary>A fix: its title and what it does.</summary>
    private protected sealed class Fix(string title, Func<CancellationToken, Task<Solution>> apply)
    {
        public void Deconstruct(out string itsTitle, out Func<CancellationToken, Task<Solution>> itsApply) => (itsTitle, itsApply) = (title, apply);
    }
}
