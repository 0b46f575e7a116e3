using Microsoft.CodeAnalysis;

namespace Late.Hosting.Analyzers;

/// <summary>Infers the type arguments of a generic callback from a method: <c>TRequest</c> of <c>ILateCallHandler</c>.</summary>
internal sealed class TypeArguments
{
    private readonly Dictionary<ITypeSymbol, ITypeSymbol> _bound = new(SymbolEqualityComparer.Default);

    /// <summary>True where a declared type is the actual one, once its type parameters are replaced.</summary>
    public bool Unify(ITypeSymbol declared, ITypeSymbol actual)
    {
        switch (declared)
        {
            case ITypeParameterSymbol parameter:
                if (_bound.TryGetValue(parameter, out var known))
                {
                    return LateSymbols.Same(known, actual);
                }

                if (parameter.HasReferenceTypeConstraint && actual.IsValueType)
                {
                    return false;
                }

                _bound.Add(parameter, actual);
                return true;
            case INamedTypeSymbol { IsGenericType: true } generic:
                return actual is INamedTypeSymbol { IsGenericType: true } other
                    && LateSymbols.Same(generic.OriginalDefinition, other.OriginalDefinition)
                    && generic.TypeArguments.Zip(other.TypeArguments, Unify).All(static same => same);
            default:
                return LateSymbols.Same(declared, actual);
        }
    }

    /// <summary>The type with its arguments; null while one of them is unknown.</summary>
    public INamedTypeSymbol? Construct(INamedTypeSymbol definition)
    {
        if (!definition.IsGenericType)
        {
            return definition;
        }

        var arguments = definition.TypeParameters.Select(parameter => _bound.TryGetValue(parameter, out var type) ? type : null).ToArray();
        return arguments.Any(static argument => argument is null) ? null : definition.Construct(arguments!);
    }
}
