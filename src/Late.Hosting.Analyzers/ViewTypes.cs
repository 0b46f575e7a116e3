using Microsoft.CodeAnalysis;

namespace Late.Hosting.Analyzers;

/// <summary>Types whose values refer to memory that they do not own.</summary>
internal static class ViewTypes
{
    /// <summary>True for a frame, memory, a span, or JSON over memory, and for a nullable one.</summary>
    public static bool IsView(ITypeSymbol? type, LateSymbols symbols) => type switch
    {
        null => false,
        INamedTypeSymbol { Name: "Nullable", TypeArguments.Length: 1 } nullable => IsView(nullable.TypeArguments[0], symbols),
        _ when LateSymbols.Same(type, symbols.Frame) => true,
        _ => type.Name switch
        {
            "Memory" or "ReadOnlyMemory" or "Span" or "ReadOnlySpan" or "ArraySegment" => IsIn(type, "System"),
            "ReadOnlySequence" => IsIn(type, "System.Buffers"),
            "JsonDocument" or "JsonElement" or "JsonProperty" or "ArrayEnumerator" or "ObjectEnumerator" => IsIn(type, "System.Text.Json"),
            _ => false,
        },
    };

    /// <summary>True for a view that the compiler itself keeps on the stack.</summary>
    public static bool IsSpan(ITypeSymbol? type) => type is { IsRefLikeType: true };

    /// <summary>
    /// True for a type whose objects can keep a view: it is one, has a type argument that is, or has a field that is. The
    /// constructor of another type has to copy what it keeps.
    /// </summary>
    public static bool Holds(ITypeSymbol? type, LateSymbols symbols) => Holds(type, symbols, depth: 2);

    private static bool Holds(ITypeSymbol? type, LateSymbols symbols, int depth) => type switch
    {
        null => false,
        { IsRefLikeType: true } => false,
        _ when IsView(type, symbols) => true,
        IArrayTypeSymbol array => Holds(array.ElementType, symbols, depth),
        INamedTypeSymbol named => named.TypeArguments.Any(argument => Holds(argument, symbols, depth))
            || depth > 0 && named.DeclaringSyntaxReferences.Length > 0
                && named.GetMembers().Any(member => member is IFieldSymbol { IsStatic: false } field && Holds(field.Type, symbols, depth - 1)),
        _ => false,
    };

    private static bool IsIn(ITypeSymbol type, string space) => type.ContainingNamespace?.ToDisplayString() == space;
}
