using Microsoft.Extensions.DependencyInjection;

namespace Late.Hosting.Connection;

/// <summary>
/// The application's services as a handler's constructor sees them: the client of its own type is that of its own
/// connection, whatever the connection's name.
/// </summary>
/// <param name="services">The application's services.</param>
/// <param name="clientType">The type of the connection's own client.</param>
/// <param name="client">That client.</param>
/// <param name="scoped">Is told of a scoped service that the handler is given.</param>
internal sealed class HandlerServices(IServiceProvider services, Type clientType, object client, ScopedServices scoped) : IKeyedServiceProvider, IServiceProviderIsKeyedService
{
    public object? GetService(Type serviceType) =>
        serviceType == clientType ? client
        : serviceType == typeof(IServiceProviderIsService) || serviceType == typeof(IServiceProviderIsKeyedService) ? this
        : scoped.Get(services, serviceType);

    public object? GetKeyedService(Type serviceType, object? serviceKey) =>
        scoped.GetKeyed(services, serviceType, serviceKey);

    public object GetRequiredKeyedService(Type serviceType, object? serviceKey) => GetKeyedService(serviceType, serviceKey) ?? services.GetRequiredKeyedService(serviceType, serviceKey);

    public bool IsService(Type serviceType) =>
        serviceType == clientType || services.GetService<IServiceProviderIsService>()?.IsService(serviceType) == true;

    public bool IsKeyedService(Type serviceType, object? serviceKey) =>
        services.GetService<IServiceProviderIsKeyedService>()?.IsKeyedService(serviceType, serviceKey) == true;
}
