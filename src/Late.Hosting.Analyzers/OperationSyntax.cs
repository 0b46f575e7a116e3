using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Operations;

namespace Late.Hosting.Analyzers;

/// <summary>Questions about operations that several rules ask.</summary>
internal static class OperationSyntax
{
    /// <summary>The called name alone, as diagnostics mark it: <c>HoldCalls</c> of <c>LateResult.Ok(state).HoldCalls()</c>.</summary>
    public static SyntaxNode NameOf(IInvocationOperation call) => call.Syntax switch
    {
        InvocationExpressionSyntax { Expression: MemberAccessExpressionSyntax member } => member.Name,
        InvocationExpressionSyntax { Expression: MemberBindingExpressionSyntax member } => member.Name,
        _ => call.Syntax,
    };

    /// <summary>The operation without conversions and parentheses around it.</summary>
    public static IOperation Unwrap(IOperation operation)
    {
        while (true)
        {
            switch (operation)
            {
                case IConversionOperation conversion:
                    operation = conversion.Operand;
                    break;
                case IParenthesizedOperation parenthesized:
                    operation = parenthesized.Operand;
                    break;
                default:
                    return operation;
            }
        }
    }

    /// <summary>True for <c>Task</c>, <c>ValueTask</c> and their generic forms.</summary>
    public static bool IsTask(ITypeSymbol? type) =>
        type is { Name: "Task" or "ValueTask", ContainingNamespace: { Name: "Tasks", ContainingNamespace: { Name: "Threading", ContainingNamespace.Name: "System" } } };

    /// <summary>
    /// True for a lambda that its receiver runs on another thread or later, such as <c>Task.Run</c>'s: it holds up no callback.
    /// </summary>
    public static bool RunsElsewhere(IAnonymousFunctionOperation lambda)
    {
        var parent = lambda.Parent;
        while (parent is IDelegateCreationOperation or IConversionOperation or IParenthesizedOperation)
        {
            parent = parent.Parent;
        }

        return parent is IArgumentOperation { Parent: { } receiver } && receiver switch
        {
            IInvocationOperation { TargetMethod: { ContainingType.Name: "Task" or "TaskFactory" or "ThreadPool" } method } =>
                method.Name is "Run" or "StartNew" or "ContinueWith" or "QueueUserWorkItem" or "UnsafeQueueUserWorkItem",
            IObjectCreationOperation { Type: { Name: "Thread" or "Timer", ContainingNamespace.Name: "Threading" } } => true,
            _ => false,
        };
    }

    /// <summary>True for an operation that a callback does not wait for, since a lambda around it runs elsewhere.</summary>
    public static bool IsElsewhere(IOperation operation)
    {
        for (var parent = operation.Parent; parent is not null; parent = parent.Parent)
        {
            if (parent is IAnonymousFunctionOperation lambda && RunsElsewhere(lambda))
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>The symbol that a reference names: a local, parameter, field or property; null for other expressions.</summary>
    public static ISymbol? SymbolOf(IOperation? operation) => operation is null ? null : Unwrap(operation) switch
    {
        ILocalReferenceOperation local => local.Local,
        IParameterReferenceOperation parameter => parameter.Parameter,
        IFieldReferenceOperation field => field.Field,
        IPropertyReferenceOperation { Arguments.Length: 0 } property => property.Property,
        _ => null,
    };
}
