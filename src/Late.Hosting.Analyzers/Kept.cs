using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Operations;

namespace Late.Hosting.Analyzers;

/// <summary>The ways in which a value outlives the callback.</summary>
internal static class Kept
{
    private static readonly HashSet<string> Adding = new(StringComparer.Ordinal)
    {
        "Add", "AddRange", "AddFirst", "AddLast", "AddAfter", "AddBefore", "AddOrUpdate", "TryAdd", "GetOrAdd", "Enqueue", "EnqueueRange",
        "Push", "PushRange", "Insert", "InsertRange", "Append", "Prepend", "SetItem", "SetValue", "TryUpdate",
    };

    private static readonly HashSet<string> Completing = new(StringComparer.Ordinal) { "SetResult", "TrySetResult", "TryWrite", "WriteAsync" };

    /// <summary>True for an argument that a collection takes as its element.</summary>
    public static bool IsAdded(IArgumentOperation argument) =>
        argument.Parent is IInvocationOperation { Instance: not null, TargetMethod: var method }
        && Adding.Contains(method.Name)
        && !IsImmutable(method.ContainingType)
        && (IsElement(argument) || method.Name.EndsWith("Range", StringComparison.Ordinal));

    /// <summary>True for an argument that another flow of control takes: the result of a task, an item of a channel.</summary>
    public static bool IsCompleted(IArgumentOperation argument) =>
        argument.Parent is IInvocationOperation { Instance: not null, TargetMethod: var method } && Completing.Contains(method.Name) && IsElement(argument);

    /// <summary>How the library keeps an argument; null where it keeps none, or copies it.</summary>
    public static string? ByLibrary(IMethodSymbol method, IParameterSymbol parameter) => (method.Name, parameter.Name) switch
    {
        ("Reply", _) => "given to a caller",
        ("PostAsync" or "PostAfter" or "DispatchPostAsync" or "DispatchPostAfter", "message") => "posted in a message, which a later callback handles",
        ("CallAsync" or "DispatchCallAsync", "request") => "sent in a request, which a later callback handles",
        (_, "state") when method.IsStatic => "put into the next state",
        _ => null,
    };

    /// <summary>True for a task that its caller neither awaits nor returns nor keeps in a variable.</summary>
    public static bool IsUnawaited(IInvocationOperation call)
    {
        IOperation operation = call;
        while (operation.Parent is IConversionOperation or IParenthesizedOperation
            || operation.Parent is IInvocationOperation { TargetMethod.Name: "ConfigureAwait" or "AsTask" or "WaitAsync" or "ContinueWith" } outer && outer.Instance == operation)
        {
            operation = operation.Parent;
        }

        return operation.Parent switch
        {
            IExpressionStatementOperation => true,
            ISimpleAssignmentOperation { Target: IDiscardOperation } => true,
            ISimpleAssignmentOperation { Target: var target } => Root(target) is not ILocalReferenceOperation,
            IArgumentOperation argument => IsAdded(argument) && Root(((IInvocationOperation)argument.Parent!).Instance!) is not ILocalReferenceOperation,
            _ => false,
        };
    }

    /// <summary>The variable or object that an expression belongs to: <c>list</c> of <c>list[0].Items</c>.</summary>
    public static IOperation Root(IOperation operation)
    {
        while (true)
        {
            var inner = OperationSyntax.Unwrap(operation) switch
            {
                IPropertyReferenceOperation { Instance: { } instance } => instance,
                IFieldReferenceOperation { Instance: { } instance } => instance,
                IArrayElementReferenceOperation { ArrayReference: var array } => array,
                IInvocationOperation { Instance: { } instance } => instance,
                _ => null,
            };
            if (inner is null)
            {
                return OperationSyntax.Unwrap(operation);
            }

            operation = inner;
        }
    }

    /// <summary>The expression as a message shows it: <c>_last</c> of <c>this._last</c>.</summary>
    public static string NameOf(IOperation operation) => OperationSyntax.Unwrap(operation) switch
    {
        IPropertyReferenceOperation { Property.IsIndexer: true, Instance: { } instance } => NameOf(instance),
        IPropertyReferenceOperation { Property.Name: var name } => name,
        IFieldReferenceOperation { Field.Name: var name } => name,
        IArrayElementReferenceOperation { ArrayReference: var array } => NameOf(array),
        var other => other.Syntax.ToString(),
    };

    // Add(T item): one that takes an element, and no key or name.
    private static bool IsElement(IArgumentOperation argument) =>
        argument.Parameter?.OriginalDefinition.Type is ITypeParameterSymbol { TypeParameterKind: TypeParameterKind.Type };

    private static bool IsImmutable(INamedTypeSymbol type) => type.ContainingNamespace?.ToDisplayString() == "System.Collections.Immutable";
}
