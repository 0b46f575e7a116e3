using Microsoft.Extensions.DependencyInjection;

namespace Late.Hosting.Configuration;

/// <summary>
/// The application's services as a handler's constructor sees them: the client of its own type is that of its own
/// connection, whatever the connection's name.
/// </summary>
internal sealed class HandlerServices(IServiceProvider services, Type clientType, object client) : IKeyedServiceProvider, IServiceProviderIsKeyedService
{
    public object? GetService(Type serviceType) =>
        serviceType == clientType ? client
        : serviceType == typeof(IServiceProviderIsService) || serviceType == typeof(IServiceProviderIsKeyedService) ? this
        : services.GetService(serviceType);

    public object? GetKeyedService(Type serviceType, object? serviceKey) =>
        (services as IKeyedServiceProvider)?.GetKeyedService(serviceType, serviceKey);

    public object GetRequiredKeyedService(Type serviceType, object? serviceKey) => services.GetRequiredKeyedService(serviceType, serviceKey);

    public bool IsService(Type serviceType) =>
        serviceType == clientType || services.GetService<IServiceProviderIsService>()?.IsService(serviceType) == true;

    public bool IsKeyedService(Type serviceType, object? serviceKey) =>
        services.GetService<IServiceProviderIsKeyedService>()?.IsKeyedService(serviceType, serviceKey) == true;
}
