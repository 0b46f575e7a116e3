using Late.Hosting.Diagnostics;
using Microsoft.Extensions.DependencyInjection;

namespace Late.Hosting.Configuration;

/// <summary>
/// Stands where a handler has no client without a name, or none of that name: whoever asks for it gets advice instead of
/// what the container says of any missing service.
/// </summary>
internal static class MissingClient
{
    /// <summary>Adds what answers for the names that a handler does not have, and for none where it has only names.</summary>
    /// <param name="services">The application's services.</param>
    /// <param name="service">The service: the client or the supervisor of the handler.</param>
    /// <param name="handler">The handler.</param>
    /// <param name="isKeyed">True where the registration that is being added has a name.</param>
    public static void Add(IServiceCollection services, Type service, Type handler, bool isKeyed)
    {
        var unnamed = services.OfType<UnnamedDescriptor>().FirstOrDefault(descriptor => descriptor.ServiceType == service);
        if (!isKeyed && unnamed is not null)
        {
            services.Remove(unnamed);
        }
        else if (isKeyed && services.All(descriptor => descriptor.IsKeyedService || descriptor.ServiceType != service))
        {
            services.Add(new UnnamedDescriptor(service, provider => throw new InvalidOperationException(
                $"{TypeName.Of(service)} is injected without a name, and {Names(provider, handler)} Inject it with one: [FromKeyedServices(\"…\")] {TypeName.Of(service)}.")));
        }

        if (services.All(descriptor => descriptor is not UnknownDescriptor || descriptor.ServiceType != service))
        {
            services.Add(new UnknownDescriptor(service, (provider, key) => throw new InvalidOperationException(
                $"There is no {TypeName.Of(service)} with the key '{key}'. {Similar.Advice($"{key}", KeysOf(provider, handler))}")));
        }
    }

    private static string Names(IServiceProvider provider, Type handler) =>
        $"{TypeName.Of(handler)} is registered only with names: {string.Join(", ", KeysOf(provider, handler))}.";

    private static string[] KeysOf(IServiceProvider provider, Type handler) =>
    [
        .. provider.GetServices<ConnectionRegistration>().Where(connection => connection.Handler == handler).Select(static connection => connection.Name),
        .. provider.GetServices<Supervision.SupervisorRegistration>().Where(supervisor => supervisor.Handler == handler).Select(static supervisor => supervisor.Name),
    ];

    private sealed class UnnamedDescriptor(Type service, Func<IServiceProvider, object> factory) : ServiceDescriptor(service, factory, ServiceLifetime.Singleton);

    private sealed class UnknownDescriptor(Type service, Func<IServiceProvider, object?, object> factory)
        : ServiceDescriptor(service, KeyedService.AnyKey, factory, ServiceLifetime.Singleton);
}
