using System.Collections.Immutable;
using Microsoft.CodeAnalysis;

namespace Late.Hosting.Analyzers;

/// <summary>
/// The library's types in a compilation, and which methods are callbacks. A callback is recognized by what it implements
/// or overrides, so that asynchronous and synchronous forms are treated alike.
/// </summary>
internal sealed class LateSymbols
{
    private readonly INamedTypeSymbol _handler;
    private readonly INamedTypeSymbol? _client;
    private readonly INamedTypeSymbol? _caller;

    private LateSymbols(INamedTypeSymbol handler, INamedTypeSymbol frame, Compilation compilation)
    {
        _handler = handler;
        Frame = frame;
        _client = compilation.GetTypeByMetadataName("Late.Hosting.ILateClient`1");
        _caller = compilation.GetTypeByMetadataName("Late.Hosting.ILateCaller`1");
        InfoHandler = compilation.GetTypeByMetadataName("Late.Hosting.ILateInfoHandler`1");
    }

    /// <summary><c>LateFrame</c>.</summary>
    public INamedTypeSymbol Frame { get; }

    /// <summary><c>ILateInfoHandler&lt;TMessage&gt;</c>.</summary>
    public INamedTypeSymbol? InfoHandler { get; }

    /// <summary>Finds the library; null where the compilation does not reference it.</summary>
    public static LateSymbols? Find(Compilation compilation) =>
        compilation.GetTypeByMetadataName("Late.Hosting.ILateHandler") is { } handler
        && compilation.GetTypeByMetadataName("Late.Hosting.LateFrame") is { } frame
            ? new LateSymbols(handler, frame, compilation)
            : null;

    /// <summary>True for what the library declares.</summary>
    public bool IsOwn(ISymbol? symbol) => Same(symbol?.ContainingAssembly, _handler.ContainingAssembly);

    /// <summary>True for a type that implements <c>ILateHandler</c>.</summary>
    public bool IsHandler(INamedTypeSymbol type) => type.AllInterfaces.Contains(_handler, SymbolEqualityComparer.Default);

    /// <summary>True for a method that the connection calls.</summary>
    public bool IsCallback(IMethodSymbol method)
    {
        if (method.IsStatic || method.ContainingType is not { } type || !IsHandler(type))
        {
            return false;
        }

        for (var current = method; current is not null; current = current.OverriddenMethod)
        {
            if (Declares(current) || Implements(current))
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>All callbacks that the library declares, in interfaces and base classes of handlers.</summary>
    public ImmutableArray<IMethodSymbol> DeclaredCallbacks() =>
    [
        .. _handler.ContainingNamespace.GetTypeMembers()
            .Where(type => IsOwn(type) && type.Name.EndsWith("Handler", StringComparison.Ordinal) && type.DeclaredAccessibility == Accessibility.Public)
            .SelectMany(static type => type.GetMembers().OfType<IMethodSymbol>())
            .Where(Declares),
    ];

    /// <summary>The handler of an <c>ILateClient&lt;THandler&gt;</c> or <c>ILateCaller&lt;THandler&gt;</c>; null for other types.</summary>
    public ITypeSymbol? HandlerOf(ITypeSymbol? client) =>
        client is INamedTypeSymbol { TypeArguments.Length: 1 } named && (Same(named.OriginalDefinition, _client) || Same(named.OriginalDefinition, _caller))
            ? named.TypeArguments[0]
            : null;

    /// <summary>True where both are the same symbol.</summary>
    public static bool Same(ISymbol? one, ISymbol? other) => one is not null && SymbolEqualityComparer.Default.Equals(one, other);

    /// <summary>True for a callback's declaration in the library.</summary>
    private bool Declares(IMethodSymbol method) =>
        IsOwn(method)
        && method is { MethodKind: MethodKind.Ordinary, IsStatic: false }
        && (method.IsAbstract || method.IsVirtual || method.IsOverride)
        && method.DeclaredAccessibility is Accessibility.Public or Accessibility.Protected or Accessibility.ProtectedOrInternal
        && CallbackName.Stem(method.Name) is not null;

    private bool Implements(IMethodSymbol method)
    {
        var type = method.ContainingType;
        foreach (var contract in type.AllInterfaces)
        {
            if (!IsOwn(contract))
            {
                continue;
            }

            foreach (var member in contract.GetMembers())
            {
                if (member is IMethodSymbol declared && Declares(declared) && Same(type.FindImplementationForInterfaceMember(declared), method))
                {
                    return true;
                }
            }
        }

        return false;
    }
}
