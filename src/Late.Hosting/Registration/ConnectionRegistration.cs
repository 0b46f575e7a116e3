using System.Diagnostics.CodeAnalysis;
using Late.Hosting.Configuration;
using Late.Hosting.Connection;
using Late.Hosting.Diagnostics;
using Late.Hosting.Observability;
using Late.Hosting.Transport;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;

namespace Late.Hosting.Registration;

/// <summary>A registered connection: what <c>AddLateConnection</c> puts into the container, once for each name.</summary>
internal sealed record ConnectionRegistration(string Name, Type Handler, bool IsKeyed) : HandlerRegistration(Name, Handler, IsKeyed)
{
    protected override string What => "connection";

    protected override string Method => "AddLateConnection";

    public static HandlerRegistration Add<[DynamicallyAccessedMembers(DynamicallyAccessedMemberTypes.PublicConstructors | DynamicallyAccessedMemberTypes.Interfaces)] THandler>(
        IServiceCollection services, string name, bool isKeyed)
        where THandler : class, ILateHandler
    {
        ArgumentNullException.ThrowIfNull(services);
        var registration = new ConnectionRegistration(name, typeof(THandler), isKeyed) { Services = services, Requests = RequestNames.Of(typeof(THandler)) };
        if (Find(registration) is { } found)
        {
            return found;
        }

        CommonRegistration.Add(services);
        AddConnection<THandler>(registration);
        return registration;
    }

    /// <summary>Adds what makes the connections of a registration.</summary>
    public static void AddFactory<[DynamicallyAccessedMembers(DynamicallyAccessedMemberTypes.PublicConstructors)] THandler>(IServiceCollection services, string name)
        where THandler : class, ILateHandler =>
        services.AddKeyedSingleton(name, (provider, _) => new ConnectionFactory<THandler>(
            provider, services, provider.GetRequiredService<IOptionsMonitor<ConnectionHooks>>().Get(name)));

    private static void AddConnection<[DynamicallyAccessedMembers(DynamicallyAccessedMemberTypes.PublicConstructors)] THandler>(ConnectionRegistration registration)
        where THandler : class, ILateHandler
    {
        var (services, name) = (registration.Services, registration.Name);
        services.AddSingleton(registration);
        OptionsRegistration.Add<LateConnectionOptions>(services, name);
        AddFactory<THandler>(services, name);
        services.AddKeyedSingleton(name, (provider, _) => provider.GetRequiredKeyedService<ConnectionFactory<THandler>>(name)
            .CreateContext(ConnectionIdentity.OfHost(name), provider.GetRequiredKeyedService<CurrentOptions<LateConnectionOptions>>(name)));
        services.AddSingleton(provider => new DirectoryEntry(provider.GetRequiredKeyedService<ConnectionContext>(name), TypeName.Of<THandler>()));
        services.AddKeyedSingleton<ILateClient<THandler>>(name, (provider, _) => new Client<THandler>(provider.GetRequiredKeyedService<ConnectionContext>(name)));
        services.AddKeyedSingleton<ILateCaller<THandler>>(name, static (provider, name) => provider.GetRequiredKeyedService<ILateClient<THandler>>(name));
        MissingClient.Add(services, typeof(ILateClient<THandler>), typeof(THandler), hasUnnamed: !registration.IsKeyed);
        MissingClient.Add(services, typeof(ILateCaller<THandler>), typeof(THandler), hasUnnamed: !registration.IsKeyed);
        if (!registration.IsKeyed)
        {
            services.AddSingleton(provider => provider.GetRequiredKeyedService<ILateClient<THandler>>(name));
            services.AddSingleton<ILateCaller<THandler>>(static provider => provider.GetRequiredService<ILateClient<THandler>>());
        }

        services.AddSingleton<IHostedService>(provider => CreateService<THandler>(provider, name));
    }

    private static ConnectionService CreateService<[DynamicallyAccessedMembers(DynamicallyAccessedMemberTypes.PublicConstructors)] THandler>(
        IServiceProvider provider, string name)
        where THandler : class, ILateHandler
    {
        var connection = provider.GetRequiredKeyedService<ConnectionContext>(name);
        var factory = provider.GetRequiredKeyedService<ConnectionFactory<THandler>>(name);
        var service = factory.CreateService(
            connection,
            () => factory.CreateHandler(connection, provider.GetRequiredKeyedService<ILateClient<THandler>>(name)),
            () => provider.GetKeyedService<ITransport>(name)
                ?? HttpTransport.Create(name, connection.Time, provider.GetRequiredService<HttpConnections>(), provider, connection.Hooks));
        provider.GetRequiredService<StopShares>().Add(service, () => service.StopBudget);
        return service;
    }
}
