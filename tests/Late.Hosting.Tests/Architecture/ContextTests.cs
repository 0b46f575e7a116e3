using System.Reflection;
using System.Runtime.CompilerServices;
using Late.Hosting.Connection;

namespace Late.Hosting.Tests.Architecture;

/// <summary>The context of a connection holds what it is made of, and does nothing: everything names it, so that all it did would be shared by all.</summary>
public sealed class ContextTests
{
    private const BindingFlags All = BindingFlags.Instance | BindingFlags.Static | BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.DeclaredOnly;

    [Fact]
    public void The_context_of_a_connection_has_no_methods() =>
        Assert.Empty(typeof(ConnectionContext).GetMethods(All).Where(static method => !method.IsSpecialName).Select(static method => method.Name));

    [Fact]
    public void The_context_of_a_connection_is_immutable()
    {
        var fields = typeof(ConnectionContext).GetFields(All);
        Assert.NotEmpty(fields);
        Assert.Empty(fields.Where(static field => !field.IsInitOnly).Select(static field => field.Name));
        Assert.Empty(typeof(ConnectionContext).GetProperties(All).Where(static property => property.SetMethod is { } setter && !IsInit(setter)).Select(static property => property.Name));
    }

    private static bool IsInit(MethodInfo setter) => setter.ReturnParameter.GetRequiredCustomModifiers().Contains(typeof(IsExternalInit));
}
