using System.Diagnostics.CodeAnalysis;
using Late.Hosting.Configuration;
using Late.Hosting.Diagnostics;

namespace Late.Hosting.Registration;

/// <summary>Checks that <see cref="LateConnectionOptions.MaxConcurrentCallsByRequest"/> names requests that there are (promise P13).</summary>
internal static class RequestNames
{
    /// <summary>The types of requests that a handler handles.</summary>
    public static IReadOnlyList<Type> Of([DynamicallyAccessedMembers(DynamicallyAccessedMemberTypes.Interfaces)] Type handler) =>
    [
        .. handler.GetInterfaces()
            .Where(static type => type.IsGenericType && (type.GetGenericTypeDefinition() == typeof(ILateCallHandler<,>) || type.GetGenericTypeDefinition() == typeof(ILateStreamHandler<,>)))
            .Select(static type => type.GetGenericArguments()[0]),
    ];

    /// <summary>Adds the names that no request has.</summary>
    /// <param name="options">The options.</param>
    /// <param name="registrations">What uses them: none where they are read under another name.</param>
    /// <param name="problems">Where they are added.</param>
    public static void Check(LateConnectionOptions options, IReadOnlyList<HandlerRegistration> registrations, Problems problems)
    {
        Type[] requests = [.. registrations.SelectMany(static registration => registration.Requests)];
        foreach (var name in options.MaxConcurrentCallsByRequest.Keys.Where(name => registrations.Count > 0 && !requests.Any(type => IsNamed(type, name))))
        {
            problems.Add(
                $"{nameof(options.MaxConcurrentCallsByRequest)}:{name}",
                $"limits a request that {TypeName.Of(registrations[0].Handler)} does not handle. {Similar.Advice(name, [.. requests.Select(TypeName.Of)])}");
        }
    }

    private static bool IsNamed(Type request, string name) =>
        string.Equals(name, TypeName.Of(request), StringComparison.OrdinalIgnoreCase) || string.Equals(name, $"{request.Namespace}.{TypeName.Of(request)}", StringComparison.OrdinalIgnoreCase);
}
