namespace Late.Hosting.Tests.Architecture;

/// <summary>One place where a type of the assembly names another.</summary>
/// <param name="User">The type that names the other, with its namespace; of a nested type the outermost.</param>
/// <param name="Member">The member that does.</param>
/// <param name="Used">The type that is named.</param>
internal readonly record struct TypeUse(string User, string Member, string Used)
{
    public static string NamespaceOf(string type) => type[..type.LastIndexOf('.')];

    public static string NameOf(string type) => type[(type.LastIndexOf('.') + 1)..];

    public override string ToString() => $"{NameOf(User)}.{Member} names {NameOf(Used)}";
}
