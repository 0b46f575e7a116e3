using Late.Hosting.Diagnostics;
using Microsoft.Extensions.DependencyInjection;

namespace Late.Hosting.Configuration;

/// <summary>
/// Notices scoped services in a handler's constructor. A handler has no scope: where the container does not validate scopes,
/// as in Production, it silently gives one that lives as long as the application.
/// </summary>
internal sealed class ScopedServices(IServiceCollection registered, ConnectionLog log, string connection, Type handler)
{
    public object? Get(IServiceProvider services, Type type)
    {
        if (!IsScoped(type))
        {
            return services.GetService(type);
        }

        object? service;
        try
        {
            service = services.GetService(type);
        }
        catch (InvalidOperationException exception)
        {
            throw new InvalidOperationException(
                $"{TypeName.Of(handler)} of connection '{connection}' needs {TypeName.Of(type)}, which is registered as scoped, and a handler has no scope. " +
                "Inject IServiceScopeFactory, and create a scope in each callback that needs it.", exception);
        }

        log.ScopedService(connection, TypeName.Of(handler), TypeName.Of(type));
        return service;
    }

    // The last registration is the one that counts.
    private bool IsScoped(Type type) => registered.LastOrDefault(service => !service.IsKeyedService
        && (service.ServiceType == type || (type.IsConstructedGenericType && service.ServiceType == type.GetGenericTypeDefinition())))?.Lifetime == ServiceLifetime.Scoped;
}
