using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Operations;

namespace Late.Hosting.Analyzers;

/// <summary>
/// What carries a received frame's memory in a callback: the frame, its payload, slices of it, JSON read over it, objects
/// that hold one of these, and the variables that all this is assigned to. Copies carry nothing.
/// </summary>
internal sealed class BorrowedMemory
{
    // A variable with the expression that put the memory into it; null where the variable itself is the memory.
    private readonly Dictionary<ISymbol, IOperation?> _variables = new(SymbolEqualityComparer.Default);
    private readonly LateSymbols _symbols;

    public BorrowedMemory(IMethodSymbol callback, LateSymbols symbols)
    {
        _symbols = symbols;
        foreach (var parameter in callback.Parameters)
        {
            if (LateSymbols.Same(parameter.Type, symbols.Frame))
            {
                _variables[parameter] = null;
            }
        }
    }

    /// <summary>True where the callback has received a frame.</summary>
    public bool IsAny => _variables.Count > 0;

    /// <summary>True for a variable that carries the memory now.</summary>
    public bool Contains(ISymbol variable) => _variables.ContainsKey(variable);

    /// <summary>Follows an assignment of a variable; one of a clean value makes the variable clean.</summary>
    public void Assign(ISymbol variable, ITypeSymbol? type, IOperation value)
    {
        _variables.Remove(variable);
        if (Find(value) is { } origin)
        {
            Add(variable, type, origin);
        }
    }

    /// <summary>Notes that a variable carries the memory.</summary>
    public void Add(ISymbol variable, ITypeSymbol? type, IOperation origin) =>
        _variables[variable] = ViewTypes.IsView(type, _symbols) && type?.Name != "JsonDocument" ? null : origin;

    /// <summary>The innermost expression that carries the memory into a value, where a copy belongs; null for a clean value.</summary>
    public IOperation? Find(IOperation? value) => value switch
    {
        IParameterReferenceOperation parameter => Find(parameter.Parameter, parameter),
        ILocalReferenceOperation local => Find(local.Local, local),
        IConversionOperation conversion => conversion.OperatorMethod is null || IsKept(conversion.Type) ? Find(conversion.Operand) : null,
        IParenthesizedOperation parenthesized => Find(parenthesized.Operand),
        IConditionalOperation conditional => Find(conditional.WhenTrue) ?? Find(conditional.WhenFalse),
        ICoalesceOperation coalesce => Find(coalesce.Value) ?? Find(coalesce.WhenNull),
        ISwitchExpressionOperation choice => First(choice.Arms.Select(static arm => arm.Value)),
        ISimpleAssignmentOperation assignment => Find(assignment.Value),
        IPropertyReferenceOperation property => View(property, property.Instance),
        IFieldReferenceOperation field => View(field, field.Instance),
        IArrayElementReferenceOperation element => View(element, element.ArrayReference),
        IImplicitIndexerReferenceOperation slice => View(slice, slice.Instance),
        IInvocationOperation call => FindCall(call),
        IObjectCreationOperation creation => FindCreation(creation),
        IAnonymousObjectCreationOperation creation => First(creation.Initializers),
        ITupleOperation tuple => First(tuple.Elements),
        IArrayCreationOperation { Initializer: { } initializer } => First(initializer.ElementValues),
        ICollectionExpressionOperation collection => First(collection.Elements),
        ISpreadOperation spread => IsKept(spread.ElementType) ? Find(spread.Operand) : null, // Spread bytes are copied.
        IWithOperation with => Find(with.Operand) ?? First(with.Initializer.Initializers),
        _ => null,
    };

    private IOperation? Find(ISymbol variable, IOperation reference) =>
        _variables.TryGetValue(variable, out var origin) ? origin ?? reference : null;

    private IOperation? First(IEnumerable<IOperation> values) => values.Select(Find).FirstOrDefault(static origin => origin is not null);

    // A part of the memory is memory; a number or a string read from it is not.
    private IOperation? View(IOperation member, IOperation? instance) =>
        ViewTypes.IsView(member.Type, _symbols) && Find(instance) is not null ? member : null;

    private IOperation? FindCall(IInvocationOperation call)
    {
        var method = call.TargetMethod;
        var space = method.ContainingNamespace?.ToDisplayString();
        if (space == "System.Collections.Immutable")
        {
            // list.Add(frame) is a new list that has the frame.
            return !IsKept(call.Type) ? null : Find(call.Instance) ?? First(call.Arguments.Select(static argument => argument.Value));
        }

        if (!ViewTypes.IsView(call.Type, _symbols) || method.Name == "Clone")
        {
            return null;
        }

        var first = call.Arguments.FirstOrDefault()?.Value;
        if (method.ContainingType.Name is "JsonDocument" && method.Name == "Parse" || LateSymbols.Same(method.ContainingType, _symbols.Frame) && method.IsStatic)
        {
            return first is not null && !ViewTypes.IsSpan(first.Type) ? Find(first) : null;
        }

        var receiver = call.Instance ?? (method.IsExtensionMethod && space?.StartsWith("System", StringComparison.Ordinal) == true ? first : null);
        return Find(receiver) is null ? null : call;
    }

    private IOperation? FindCreation(IObjectCreationOperation creation)
    {
        if (!IsKept(creation.Type))
        {
            return null;
        }

        var arguments = creation.Arguments.Select(static argument => argument.Value).Where(static value => !ViewTypes.IsSpan(value.Type));
        return First(arguments) ?? (creation.Initializer is null ? null : First(creation.Initializer.Initializers.SelectMany(Values)));

        // { Payload = value }, { value }, { [key] = value }
        static IEnumerable<IOperation> Values(IOperation initializer) => initializer switch
        {
            ISimpleAssignmentOperation assignment => [assignment.Value],
            IInvocationOperation add => add.Arguments.Select(static argument => argument.Value),
            _ => [],
        };
    }

    private bool IsKept(ITypeSymbol? type) => ViewTypes.Holds(type, _symbols);
}
