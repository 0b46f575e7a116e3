using System.Collections.Immutable;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Diagnostics;
using Microsoft.CodeAnalysis.Operations;

namespace Late.Hosting.Analyzers;

/// <summary>LATE002: a callback that blocks its thread, where it should await.</summary>
[DiagnosticAnalyzer(LanguageNames.CSharp)]
public sealed class BlockingAnalyzer : CallbackAnalyzer
{
    /// <inheritdoc/>
    public override ImmutableArray<DiagnosticDescriptor> SupportedDiagnostics { get; } = [Rules.Blocking];

    private protected override void Analyze(OperationBlockAnalysisContext context, IMethodSymbol callback, LateSymbols symbols)
    {
        foreach (var operation in context.OperationBlocks.SelectMany(static block => block.DescendantsAndSelf()))
        {
            if (IsBlocking(operation) && !OperationSyntax.IsElsewhere(operation))
            {
                context.ReportDiagnostic(Diagnostic.Create(Rules.Blocking, operation.Syntax.GetLocation(), Shown(operation.Syntax), callback.Name, Advice(callback)));
            }
        }
    }

    private static string Advice(IMethodSymbol callback) =>
        OperationSyntax.IsTask(callback.ReturnType) ? "Await it" : $"{(callback.IsOverride ? "Override" : "Implement")} {CallbackName.WithoutAsync(callback.Name)}Async instead, and await it there";

    private static string Shown(SyntaxNode syntax)
    {
        var text = string.Join(" ", syntax.ToString().Split([' ', '\r', '\n', '\t'], StringSplitOptions.RemoveEmptyEntries));
        return text.Length <= 80 ? text : text.Substring(0, 77) + "...";
    }

    private static bool IsBlocking(IOperation operation) => operation switch
    {
        IPropertyReferenceOperation { Property.Name: "Result", Instance: { } task } => OperationSyntax.IsTask(task.Type) && !IsKnownToBeCompleted(task, operation),
        IInvocationOperation call => IsBlocking(call),
        _ => false,
    };

    private static bool IsBlocking(IInvocationOperation call)
    {
        var method = call.TargetMethod;
        var type = method.ContainingType;
        if (method.Name == "GetResult")
        {
            return type.ContainingNamespace?.ToDisplayString() == "System.Runtime.CompilerServices"
                && call.Instance is IInvocationOperation { TargetMethod.Name: "GetAwaiter", Instance: { } awaited }
                && !IsKnownToBeCompleted(WithoutConfigureAwait(awaited), call);
        }

        var space = type.ContainingNamespace?.ToDisplayString();
        return (space, type.Name, method.Name) switch
        {
            ("System.Threading.Tasks", "Task", "Wait") => !HasZeroTimeout(call) && !IsKnownToBeCompleted(call.Instance!, call),
            ("System.Threading.Tasks", "Task", "WaitAll" or "WaitAny") => true,
            ("System.Threading", "Thread", "Sleep" or "Join") => !HasZeroTimeout(call),
            ("System.Threading", "SemaphoreSlim" or "ManualResetEventSlim" or "CountdownEvent", "Wait") => !HasZeroTimeout(call),
            ("System.Threading", "WaitHandle", "WaitOne") => !HasZeroTimeout(call),
            _ => false,
        };
    }

    // A try, not a wait.
    private static bool HasZeroTimeout(IInvocationOperation call) =>
        call.Arguments.Length > 0 && OperationSyntax.Unwrap(call.Arguments[0].Value) switch
        {
            { ConstantValue: { HasValue: true, Value: 0 } } => true,
            IFieldReferenceOperation { Field: { Name: "Zero", ContainingType.Name: "TimeSpan" } } => true,
            _ => false,
        };

    private static IOperation WithoutConfigureAwait(IOperation task) =>
        task is IInvocationOperation { TargetMethod.Name: "ConfigureAwait", Instance: { } inner } ? inner : task;

    /// <summary>
    /// True for a task that was awaited before, or asked whether it is completed: reading its result waits for nothing.
    /// </summary>
    private static bool IsKnownToBeCompleted(IOperation task, IOperation use)
    {
        task = OperationSyntax.Unwrap(task);
        if (task is IAwaitOperation { Operation: IInvocationOperation { TargetMethod.Name: "WhenAny" } })
        {
            return true;
        }

        return OperationSyntax.SymbolOf(task) is { } symbol && Root(use).Descendants().Any(other =>
            other.Syntax.SpanStart < use.Syntax.SpanStart
            && LateSymbols.Same(OperationSyntax.SymbolOf(other), symbol)
            && (other.Parent is IPropertyReferenceOperation { Property.Name: "IsCompleted" or "IsCompletedSuccessfully" } || IsAwaited(other)));
    }

    private static bool IsAwaited(IOperation operation)
    {
        for (var parent = operation.Parent; parent is not null && parent.Syntax is not StatementSyntax; parent = parent.Parent)
        {
            if (parent is IAwaitOperation)
            {
                return true;
            }
        }

        return false;
    }

    private static IOperation Root(IOperation operation)
    {
        while (operation.Parent is { } parent)
        {
            operation = parent;
        }

        return operation;
    }
}
