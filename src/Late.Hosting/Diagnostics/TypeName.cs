namespace Late.Hosting.Diagnostics;

/// <summary>Names of types as C# writes them: <c>Feed&lt;int&gt;.Ask</c>, and not <c>Ask`1</c>.</summary>
internal static class TypeName
{
    private static readonly Dictionary<Type, string> s_keywords = new()
    {
        [typeof(bool)] = "bool",
        [typeof(byte)] = "byte",
        [typeof(char)] = "char",
        [typeof(decimal)] = "decimal",
        [typeof(double)] = "double",
        [typeof(float)] = "float",
        [typeof(int)] = "int",
        [typeof(long)] = "long",
        [typeof(object)] = "object",
        [typeof(short)] = "short",
        [typeof(string)] = "string",
        [typeof(uint)] = "uint",
        [typeof(ulong)] = "ulong",
    };

    public static string Of<T>() => Of(typeof(T));

    public static string Of(Type type)
    {
        if (s_keywords.TryGetValue(type, out var keyword))
        {
            return keyword;
        }

        if (type.IsArray)
        {
            return $"{Of(type.GetElementType()!)}[{new string(',', type.GetArrayRank() - 1)}]";
        }

        if (Nullable.GetUnderlyingType(type) is { } value)
        {
            return $"{Of(value)}?";
        }

        var arguments = type.GetGenericArguments();
        if (type.FullName?.StartsWith("System.ValueTuple`", StringComparison.Ordinal) == true)
        {
            return $"({string.Join(", ", arguments.Select(Of))})";
        }

        return WithOuter(type, arguments);
    }

    // A nested type has the arguments of those around it before its own.
    private static string WithOuter(Type type, Type[] arguments)
    {
        var outer = type is { IsNested: true, IsGenericParameter: false } ? type.DeclaringType : null;
        var before = outer?.GetGenericArguments().Length ?? 0;
        var own = arguments.Length > before ? $"<{string.Join(", ", arguments[before..].Select(Of))}>" : "";
        var name = $"{type.Name.Split('`')[0]}{own}";
        return outer is null ? name : $"{WithOuter(outer, arguments[..before])}.{name}";
    }
}
