using System.Collections.Immutable;
using Microsoft.CodeAnalysis;

namespace Late.Hosting.Analyzers;

/// <summary>A method of a handler that looks like a callback, the callback, and what the method lacks.</summary>
internal sealed class CallbackMatch
{
    private readonly IMethodSymbol _method;
    private readonly IMethodSymbol _declared;
    private readonly TypeArguments _arguments = new();
    private readonly int _sameParameters;

    private CallbackMatch(IMethodSymbol method, IMethodSymbol declared, ITypeSymbol state)
    {
        _method = method;
        _declared = declared;
        if (declared.ContainingType.TypeParameters.FirstOrDefault() is { } parameter)
        {
            _arguments.Unify(parameter, state);
        }

        while (_sameParameters < Math.Min(method.Parameters.Length, declared.Parameters.Length)
            && method.Parameters[_sameParameters].RefKind == RefKind.None
            && _arguments.Unify(declared.Parameters[_sameParameters].Type, method.Parameters[_sameParameters].Type))
        {
            _sameParameters++;
        }

        HasReturnType = _arguments.Unify(declared.ReturnType, method.ReturnType);
        Callback = _arguments.Construct(declared.ContainingType)?.GetMembers(declared.Name).OfType<IMethodSymbol>()
            .FirstOrDefault(member => LateSymbols.Same(member.OriginalDefinition, declared));
    }

    /// <summary>The callback with the handler's types; null where they cannot be inferred from the method.</summary>
    public IMethodSymbol? Callback { get; }

    /// <summary>The callback's name.</summary>
    public string Name => _declared.Name;

    /// <summary>True where the method returns what the callback returns.</summary>
    public bool HasReturnType { get; }

    /// <summary>True where the method's parameters are the callback's.</summary>
    public bool HasParameters => HasFirstParameters && _method.Parameters.Length == _declared.Parameters.Length;

    /// <summary>True where the method's parameters are the callback's first ones: the others can be added.</summary>
    public bool HasFirstParameters => _sameParameters == _method.Parameters.Length;

    /// <summary>The interface that the handler lacks; null where it has it.</summary>
    public INamedTypeSymbol? MissingInterface =>
        Callback?.ContainingType is { TypeKind: TypeKind.Interface } contract
        && !_method.ContainingType.AllInterfaces.Contains(contract, SymbolEqualityComparer.Default)
            ? contract
            : null;

    /// <summary>True for a callback of a base class, which is overridden.</summary>
    public bool IsOverride => _declared.ContainingType.TypeKind == TypeKind.Class;

    /// <summary>The callback as messages name it.</summary>
    public string DisplayName => $"{(Callback ?? _declared).ContainingType.ToDisplayString(SymbolDisplayFormat.MinimallyQualifiedFormat)}.{Name}";

    /// <summary>What to do, as a sentence without its full stop.</summary>
    public string Advice
    {
        get
        {
            var steps = new List<string>();
            if (_method.Name != Name)
            {
                steps.Add($"rename it to {Name}");
            }

            if (!HasParameters || Callback is null)
            {
                var parameters = (Callback ?? _declared).Parameters.Select(static parameter =>
                    $"{parameter.Type.ToDisplayString(SymbolDisplayFormat.MinimallyQualifiedFormat)} {parameter.Name}");
                steps.Add($"give it the parameters ({string.Join(", ", parameters)})");
            }

            if (!HasReturnType)
            {
                steps.Add($"return {(Callback ?? _declared).ReturnType.ToDisplayString(SymbolDisplayFormat.MinimallyQualifiedFormat)}");
            }

            if (MissingInterface is { } contract)
            {
                steps.Add($"add the interface {contract.ToDisplayString(SymbolDisplayFormat.MinimallyQualifiedFormat)}");
            }

            if (IsOverride)
            {
                steps.Add("override the callback");
            }
            else if (_method.DeclaredAccessibility != Accessibility.Public)
            {
                steps.Add("make it public");
            }

            var advice = string.Join(", ", steps);
            return char.ToUpperInvariant(advice[0]) + advice.Substring(1);
        }
    }

    /// <summary>The callback that a method looks like; null for a callback, and for a method that is clearly something else.</summary>
    public static CallbackMatch? Find(IMethodSymbol method, LateSymbols symbols, ImmutableArray<IMethodSymbol> declared)
    {
        if (method is not { MethodKind: MethodKind.Ordinary, IsStatic: false, IsAbstract: false, IsOverride: false, IsGenericMethod: false, IsImplicitlyDeclared: false }
            || symbols.IsCallback(method)
            || ImplementsSomething(method)
            || StateOf(method.ContainingType, symbols) is not { } state)
        {
            return null;
        }

        return declared
            .Where(callback => callback.ContainingType.TypeKind == TypeKind.Interface || Derives(method.ContainingType, callback.ContainingType))
            .Select(callback => new CallbackMatch(method, callback, state))
            .Select(match => (Match: match, Rank: match.Rank(state, symbols)))
            .Where(static match => match.Rank > 0)
            .OrderByDescending(static match => match.Rank)
            .ThenBy(match => CallbackName.Distance(method.Name, match.Match.Name))
            .Select(static match => match.Match)
            .FirstOrDefault();
    }

    /// <summary>How much the method looks like the callback; zero where it does not.</summary>
    private int Rank(ITypeSymbol state, LateSymbols symbols)
    {
        var isComplete = HasParameters && HasReturnType && Callback is not null;
        var hasLibraryType = Mentions(_method.ReturnType, symbols) || _method.Parameters.Any(parameter => Mentions(parameter.Type, symbols));
        var fit = (isComplete ? 8 : 0) + (HasReturnType ? 4 : 0) + (HasFirstParameters ? 2 : 0) + (IsOverride ? 1 : 0);
        if (CallbackName.WithoutAsync(_method.Name) == CallbackName.WithoutAsync(Name))
        {
            var hasState = Name.StartsWith("Handle", StringComparison.Ordinal) && _method.Parameters.Any(parameter => LateSymbols.Same(parameter.Type, state));
            return hasLibraryType || hasState || isComplete ? 300 + (_method.Name == Name ? 50 : 0) + fit : 0;
        }

        if (CallbackName.IsMisspelling(_method.Name, Name))
        {
            return hasLibraryType ? 200 + fit : 0;
        }

        var isDistinct = _declared.Parameters.Any(parameter => parameter.Type is not ITypeParameterSymbol && symbols.IsOwn(parameter.Type));
        return isComplete && isDistinct && _method.DeclaredAccessibility == Accessibility.Public && !IsImplemented() ? 100 + fit : 0;
    }

    // An override of the synchronous or the asynchronous form; else an implementation that is not the interface's own.
    private bool IsImplemented() => IsOverride
        ? _method.ContainingType.GetMembers().Any(member => member.IsOverride && CallbackName.WithoutAsync(member.Name) == CallbackName.WithoutAsync(Name))
        : _method.ContainingType.FindImplementationForInterfaceMember(Callback!) is { ContainingType.TypeKind: TypeKind.Class };

    private static bool Mentions(ITypeSymbol type, LateSymbols symbols) =>
        symbols.IsOwn(type) || type is INamedTypeSymbol { IsGenericType: true } generic && generic.TypeArguments.Any(argument => Mentions(argument, symbols));

    private static ITypeSymbol? StateOf(INamedTypeSymbol type, LateSymbols symbols) =>
        type.AllInterfaces.FirstOrDefault(contract => contract is { Name: "ILateHandler", TypeArguments.Length: 1 } && symbols.IsOwn(contract))?.TypeArguments[0];

    private static bool ImplementsSomething(IMethodSymbol method) =>
        !method.ExplicitInterfaceImplementations.IsEmpty || method.ContainingType.AllInterfaces.Any(contract =>
            contract.GetMembers(method.Name).Any(member => LateSymbols.Same(method.ContainingType.FindImplementationForInterfaceMember(member), method)));

    private static bool Derives(INamedTypeSymbol type, INamedTypeSymbol definition)
    {
        for (var current = type.BaseType; current is not null; current = current.BaseType)
        {
            if (LateSymbols.Same(current.OriginalDefinition, definition))
            {
                return true;
            }
        }

        return false;
    }
}
