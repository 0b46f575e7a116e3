using Late.Hosting.Diagnostics;
using Microsoft.Extensions.DependencyInjection;

namespace Late.Hosting.Connection;

/// <summary>
/// Notices scoped services in a handler's constructor. A handler has no scope: where the container does not validate scopes,
/// as in Production, it silently gives one that lives as long as the application.
/// </summary>
internal sealed class ScopedServices(IServiceCollection registered, ConnectionLog log, string connection, Type handler)
{
    public object? Get(IServiceProvider services, Type type) => Get(type, null, () => services.GetService(type));

    public object? GetKeyed(IServiceProvider services, Type type, object? key) => Get(type, key, () => (services as IKeyedServiceProvider)?.GetKeyedService(type, key));

    private object? Get(Type type, object? key, Func<object?> get)
    {
        if (FindScoped(type, key, []) is not { } scoped)
        {
            return get();
        }

        object? service;
        try
        {
            service = get();
        }
        catch (InvalidOperationException exception)
        {
            throw new InvalidOperationException(
                $"{TypeName.Of(handler)} of connection '{connection}' needs {TypeName.Of(scoped)}, which is registered as scoped, and a handler has no scope. " +
                "Get it from CallbackServices of the LateContext in each callback that needs it.", exception);
        }

        log.ScopedService(connection, TypeName.Of(handler), TypeName.Of(scoped));
        return service;
    }

    /// <summary>The scoped service that is asked for, itself or by a transient one; null for none.</summary>
    private Type? FindScoped(Type type, object? key, HashSet<Type> seen)
    {
        if (type.IsConstructedGenericType && type.GetGenericTypeDefinition() == typeof(IEnumerable<>))
        {
            return FindScoped(type.GetGenericArguments()[0], key, seen);
        }

        // The last registration is the one that counts.
        var found = registered.LastOrDefault(service => Equals(service.ServiceKey, key)
            && (service.ServiceType == type || (type.IsConstructedGenericType && service.ServiceType == type.GetGenericTypeDefinition())));
        return found switch
        {
            { Lifetime: ServiceLifetime.Scoped } => type,
            { Lifetime: ServiceLifetime.Transient, IsKeyedService: false, ImplementationType: { } made } when seen.Add(made) => made.GetConstructors()
                .SelectMany(static constructor => constructor.GetParameters())
                .Select(parameter => FindScoped(parameter.ParameterType, null, seen))
                .FirstOrDefault(static scoped => scoped is not null),
            _ => null,
        };
    }
}
