using Late.Hosting.Configuration;
using Late.Hosting.Diagnostics;
using Microsoft.Extensions.DependencyInjection;

namespace Late.Hosting.Registration;

/// <summary>
/// Stands where a handler has no client without a name, or none of that name: resolving it throws advice instead of
/// the container's message about any missing service.
/// </summary>
internal static class MissingClient
{
    /// <summary>Adds what answers for the names that a handler does not have, and for none where it has only names.</summary>
    /// <param name="services">The application's services.</param>
    /// <param name="service">The service: the client or the supervisor of the handler.</param>
    /// <param name="handler">The handler.</param>
    /// <param name="hasUnnamed">True where one without a name is registered.</param>
    public static void Add(IServiceCollection services, Type service, Type handler, bool hasUnnamed)
    {
        var unnamed = services.OfType<UnnamedDescriptor>().FirstOrDefault(descriptor => descriptor.ServiceType == service);
        if (hasUnnamed && unnamed is not null)
        {
            services.Remove(unnamed);
        }
        else if (!hasUnnamed && services.All(descriptor => descriptor.IsKeyedService || descriptor.ServiceType != service))
        {
            services.Add(new UnnamedDescriptor(service, provider => throw new InvalidOperationException(KeysOf(provider, service, handler) is { Length: > 0 } keys
                ? $"{TypeName.Of(service)} is injected without a name, and {TypeName.Of(handler)} is registered only with names: {string.Join(", ", keys)}. " +
                    $"Inject it with one: [FromKeyedServices(\"…\")] {TypeName.Of(service)}."
                : $"{TypeName.Of(service)} is injected, and {Supervised(handler)}")));
        }

        if (services.All(descriptor => descriptor is not UnknownDescriptor || descriptor.ServiceType != service))
        {
            services.Add(new UnknownDescriptor(service, (provider, key) => throw new InvalidOperationException(KeysOf(provider, service, handler) is { Length: > 0 } keys
                ? $"There is no {TypeName.Of(service)} with the key '{key}'. {Similar.Advice($"{key}", keys)}"
                : $"There is no {TypeName.Of(service)} with the key '{key}': {Supervised(handler)}")));
        }
    }

    private static string[] KeysOf(IServiceProvider provider, Type service, Type handler) => service.GetGenericTypeDefinition() == typeof(ILateSupervisor<>)
        ? [.. provider.GetRequiredService<Registrations>().Supervisors.Where(supervisor => supervisor.Handler == handler).Select(static supervisor => supervisor.Name)]
        : [.. provider.GetRequiredService<Registrations>().Connections.Where(connection => connection.Handler == handler).Select(static connection => connection.Name)];

    private static string Supervised(Type handler) =>
        $"{TypeName.Of(handler)} is registered only with a supervisor. Inject ILateSupervisor<{TypeName.Of(handler)}>: its TryGet returns the client of a key.";

    private sealed class UnnamedDescriptor(Type service, Func<IServiceProvider, object> factory) : ServiceDescriptor(service, factory, ServiceLifetime.Singleton);

    private sealed class UnknownDescriptor(Type service, Func<IServiceProvider, object?, object> factory)
        : ServiceDescriptor(service, KeyedService.AnyKey, factory, ServiceLifetime.Singleton);
}
