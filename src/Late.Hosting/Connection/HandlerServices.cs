using Microsoft.Extensions.DependencyInjection;

namespace Late.Hosting.Connection;

/// <summary>
/// The application's services as a handler's constructor sees them: the client or caller of its own type is that of its own
/// connection, whatever the connection's name.
/// </summary>
/// <param name="services">The application's services.</param>
/// <param name="clientTypes">The types under which the connection's own client is injected.</param>
/// <param name="client">That client.</param>
/// <param name="scoped">Receives each scoped service that is injected into the handler.</param>
internal sealed class HandlerServices(IServiceProvider services, IReadOnlyList<Type> clientTypes, object client, ScopedServices scoped) : IKeyedServiceProvider, IServiceProviderIsKeyedService
{
    public object? GetService(Type serviceType) =>
        clientTypes.Contains(serviceType) ? client
        : serviceType == typeof(IServiceProviderIsService) || serviceType == typeof(IServiceProviderIsKeyedService) ? this
        : scoped.Get(services, serviceType);

    public object? GetKeyedService(Type serviceType, object? serviceKey) =>
        scoped.GetKeyed(services, serviceType, serviceKey);

    public object GetRequiredKeyedService(Type serviceType, object? serviceKey) => GetKeyedService(serviceType, serviceKey) ?? services.GetRequiredKeyedService(serviceType, serviceKey);

    public bool IsService(Type serviceType) =>
        clientTypes.Contains(serviceType) || services.GetService<IServiceProviderIsService>()?.IsService(serviceType) == true;

    public bool IsKeyedService(Type serviceType, object? serviceKey) =>
        services.GetService<IServiceProviderIsKeyedService>()?.IsKeyedService(serviceType, serviceKey) == true;
}
