using System.Collections.Immutable;
using System.Composition;
using Late.Hosting.Analyzers;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CodeFixes;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Editing;
using Microsoft.CodeAnalysis.Rename;

namespace Late.Hosting.CodeFixes;

/// <summary>LATE004: gives a method the name, parameters, return type, accessibility and interface of the callback that it looks like.</summary>
[ExportCodeFixProvider(LanguageNames.CSharp), Shared]
public sealed class UnimplementedCallbackFix : LateCodeFix
{
    /// <inheritdoc/>
    public override ImmutableArray<string> FixableDiagnosticIds { get; } = [Rules.NoCallback.Id];

    private protected override Fix? Find(FixContext context)
    {
        if (context.Node is not MethodDeclarationSyntax method
            || context.Model.GetDeclaredSymbol(method) is not IMethodSymbol symbol
            || LateSymbols.Find(context.Model.Compilation) is not { } symbols
            || CallbackMatch.Find(symbol, symbols, symbols.DeclaredCallbacks()) is not { Callback: { } callback, HasFirstParameters: true } match
            || !(match.HasReturnType || IsConvertible(symbol, callback) || DisconnectFactories.CanReplace(method, symbol, callback)))
        {
            return null;
        }

        return new Fix($"Implement {match.DisplayName}", token => ApplyAsync(context, method, symbol, match, callback, token));
    }

    private static async Task<Solution> ApplyAsync(
        FixContext context, MethodDeclarationSyntax method, IMethodSymbol symbol, CallbackMatch match, IMethodSymbol callback, CancellationToken cancellationToken)
    {
        var editor = await DocumentEditor.CreateAsync(context.Document, cancellationToken).ConfigureAwait(false);
        var generator = editor.Generator;
        var mark = new SyntaxAnnotation();

        SyntaxNode changed = DisconnectFactories.Replace(method, symbol, callback);
        if (!match.HasParameters)
        {
            changed = generator.AddParameters(changed, callback.Parameters.Skip(symbol.Parameters.Length)
                .Select(parameter => generator.ParameterDeclaration(parameter.Name, generator.TypeExpression(parameter.Type, addImport: true))));
        }

        if (!match.HasReturnType)
        {
            changed = generator.WithType(changed, generator.TypeExpression(callback.ReturnType, addImport: true));
        }

        if (symbol.DeclaredAccessibility != callback.DeclaredAccessibility)
        {
            changed = generator.WithAccessibility(changed, callback.DeclaredAccessibility);
        }

        if (match.IsOverride)
        {
            var modifiers = generator.GetModifiers(changed);
            changed = generator.WithModifiers(changed, modifiers.WithIsVirtual(false).WithIsNew(false).WithIsOverride(true));
        }

        editor.ReplaceNode(method, changed.WithAdditionalAnnotations(mark));
        if (match.MissingInterface is { } contract && method.FirstAncestorOrSelf<TypeDeclarationSyntax>() is { } type)
        {
            editor.AddInterfaceType(type, generator.TypeExpression(contract, addImport: true));
        }

        var document = editor.GetChangedDocument();
        return symbol.Name == match.Name ? document.Project.Solution : await RenameAsync(document, mark, match.Name, cancellationToken).ConfigureAwait(false);
    }

    // Also where a test calls the method.
    private static async Task<Solution> RenameAsync(Document document, SyntaxAnnotation mark, string name, CancellationToken cancellationToken)
    {
        var root = await document.GetSyntaxRootAsync(cancellationToken).ConfigureAwait(false);
        var model = await document.GetSemanticModelAsync(cancellationToken).ConfigureAwait(false);
        var symbol = model!.GetDeclaredSymbol(root!.GetAnnotatedNodes(mark).Single(), cancellationToken)!;
        return await Renamer.RenameSymbolAsync(document.Project.Solution, symbol, new SymbolRenameOptions(), name, cancellationToken).ConfigureAwait(false);
    }

    // An asynchronous method of Task<T> can return ValueTask<T>; a result converts to a ValueTask of itself.
    private static bool IsConvertible(IMethodSymbol method, IMethodSymbol callback) =>
        callback.ReturnType is INamedTypeSymbol { Name: "ValueTask" } wanted
        && (method.IsAsync
            ? method.ReturnType is INamedTypeSymbol { Name: "Task" } task && task.TypeArguments.Length == wanted.TypeArguments.Length
                && task.TypeArguments.Zip(wanted.TypeArguments, LateSymbols.Same).All(static same => same)
            : wanted.TypeArguments.Length == 1 && wanted.TypeArguments[0].Name.EndsWith("Result", StringComparison.Ordinal) && LateSymbols.Same(method.ReturnType, wanted.TypeArguments[0]));
}
