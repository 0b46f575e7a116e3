using System.Collections.Immutable;
using System.Composition;
using Late.Hosting.Analyzers;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CodeFixes;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Operations;

namespace Late.Hosting.CodeFixes;

/// <summary>LATE003: posts a request that the handler takes as a message too, and returns a frame instead of sending it.</summary>
[ExportCodeFixProvider(LanguageNames.CSharp), Shared]
public sealed class OwnClientFix : LateCodeFix
{
    /// <inheritdoc/>
    public override ImmutableArray<string> FixableDiagnosticIds { get; } = [Rules.OwnClient.Id];

    private protected override Fix? Find(FixContext context)
    {
        // Only where nothing is made of the reply.
        if (context.Node is not IdentifierNameSyntax name
            || name.FirstAncestorOrSelf<InvocationExpressionSyntax>() is not { } call
            || call.FirstAncestorOrSelf<ExpressionStatementSyntax>() is not { Parent: BlockSyntax block } statement
            || WithoutAwait(statement.Expression) != call)
        {
            return null;
        }

        return name.Identifier.Text switch
        {
            "CallAsync" when IsPostable(context, call) => new Fix(
                "Use PostAsync", _ => context.With(context.Root.ReplaceNode(name, SyntaxFactory.IdentifierName("PostAsync").WithTriviaFrom(name)))),
            "SendAsync" when Frame(context, call) is { } frame && Returned(block, statement) is { } returned =>
                new Fix("Return the frame", _ => context.With(context.Root.ReplaceNode(block, Returning(block, statement, returned, frame)))),
            _ => null,
        };
    }

    private static bool IsPostable(FixContext context, InvocationExpressionSyntax call) =>
        context.Model.GetOperation(call) is IInvocationOperation operation
        && LateSymbols.Find(context.Model.Compilation) is { } symbols
        && context.Model.GetEnclosingSymbol(call.SpanStart)?.ContainingType is { } handler
        && OwnClientAnalyzer.IsPostable(operation, handler, symbols);

    // The frame of SendAsync(frame) and SendAsync(frame, token); options of a send have no place in a result.
    private static ExpressionSyntax? Frame(FixContext context, InvocationExpressionSyntax call)
    {
        var arguments = call.ArgumentList.Arguments;
        return arguments.Count == 1 || arguments.Count == 2 && context.Model.GetTypeInfo(arguments[1].Expression).Type?.Name == "CancellationToken"
            ? arguments[0].Expression
            : null;
    }

    // The "LateResult.Ok(state)" of the next statement.
    private static InvocationExpressionSyntax? Returned(BlockSyntax block, StatementSyntax statement) =>
        block.Statements.ElementAtOrDefault(block.Statements.IndexOf(statement) + 1) is ReturnStatementSyntax
        {
            Expression: InvocationExpressionSyntax { Expression: MemberAccessExpressionSyntax { Name.Identifier.Text: "Ok" }, ArgumentList.Arguments.Count: 1 } call,
        }
            ? call
            : null;

    private static BlockSyntax Returning(BlockSyntax block, StatementSyntax statement, InvocationExpressionSyntax ok, ExpressionSyntax frame)
    {
        var access = (MemberAccessExpressionSyntax)ok.Expression;
        var send = ok
            .WithExpression(access.WithName(SyntaxFactory.IdentifierName("Send")))
            .WithArgumentList(SyntaxFactory.ParseArgumentList($"({ok.ArgumentList.Arguments[0]}, {frame})"))
            .WithTriviaFrom(ok);
        var index = block.Statements.IndexOf(statement);
        var changed = block.ReplaceNode(ok, send).Statements;
        var returning = changed[index + 1].WithLeadingTrivia(statement.GetLeadingTrivia());
        return block.WithStatements(changed.Replace(changed[index + 1], returning).RemoveAt(index));
    }

    private static ExpressionSyntax WithoutAwait(ExpressionSyntax expression) => expression switch
    {
        AwaitExpressionSyntax { Expression: var awaited } => WithoutAwait(awaited),
        InvocationExpressionSyntax { Expression: MemberAccessExpressionSyntax { Name.Identifier.Text: "ConfigureAwait", Expression: var task } } => task,
        AssignmentExpressionSyntax { Left: IdentifierNameSyntax { Identifier.Text: "_" }, Right: var value } => WithoutAwait(value),
        _ => expression,
    };
}
