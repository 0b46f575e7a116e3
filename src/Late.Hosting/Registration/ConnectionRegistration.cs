using System.Diagnostics.CodeAnalysis;
using Late.Hosting.Configuration;
using Late.Hosting.Connection;
using Late.Hosting.Diagnostics;
using Late.Hosting.Observability;
using Late.Hosting.Transport;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;

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

    public override IEnumerable<CheckedSection> SectionsOf(IServiceProvider provider) => [OptionsRegistration.SectionOf<LateConnectionOptions>(provider, Name)];

    /// <summary>The observable sides of the registered connections.</summary>
    public static RegisteredConnections Registered(IServiceProvider provider) => () => provider.GetRequiredService<Registrations>().Connections.Select(connection =>
        new DirectoryEntry(provider.GetRequiredKeyedService<ConnectionContext>(connection.Name), TypeName.Of(connection.Handler)));

    /// <summary>Adds what makes the connections of a handler, once.</summary>
    public static void AddFactory<[DynamicallyAccessedMembers(DynamicallyAccessedMemberTypes.PublicConstructors)] THandler>(IServiceCollection services)
        where THandler : class, ILateHandler =>
        services.TryAddSingleton(provider => new ConnectionFactory<THandler>(provider, services));

    private static void AddConnection<[DynamicallyAccessedMembers(DynamicallyAccessedMemberTypes.PublicConstructors)] THandler>(ConnectionRegistration registration)
        where THandler : class, ILateHandler
    {
        var (services, name) = (registration.Services, registration.Name);
        services.AddSingleton(registration);
        OptionsRegistration.Add<LateConnectionOptions>(services, name);
        AddFactory<THandler>(services);
        services.AddKeyedSingleton(name, static (provider, name) => provider.GetRequiredService<ConnectionFactory<THandler>>()
            .CreateContext(ConnectionIdentity.OfHost((string)name!), provider.GetRequiredKeyedService<CurrentOptions<LateConnectionOptions>>(name), (string)name!));
        services.AddKeyedSingleton<ILateClient<THandler>>(name, static (provider, name) => new Client<THandler>(provider.GetRequiredKeyedService<ConnectionContext>(name)));
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
        var factory = provider.GetRequiredService<ConnectionFactory<THandler>>();
        var service = factory.CreateService(
            connection,
            () => factory.CreateHandler(connection, provider.GetRequiredKeyedService<ILateClient<THandler>>(name)),
            () => provider.GetKeyedService<ITransport>(name)
                ?? HttpTransport.Create(name, connection.Time, provider.GetRequiredService<HttpConnections>(), provider, connection.Hooks));
        provider.GetRequiredService<StopShares>().Add(service);
        return service;
    }
}
