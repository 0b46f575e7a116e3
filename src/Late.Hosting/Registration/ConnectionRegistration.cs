using System.Diagnostics.CodeAnalysis;
using System.Diagnostics.Metrics;
using Late.Hosting.Budgets;
using Late.Hosting.Configuration;
using Late.Hosting.Connection;
using Late.Hosting.Connection.Callbacks;
using Late.Hosting.Diagnostics;
using Late.Hosting.Observability;
using Late.Hosting.Transport;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Late.Hosting.Registration;

/// <summary>Puts a connection's parts into the container, once for each name.</summary>
internal sealed record ConnectionRegistration(string Name, Type Handler, bool IsKeyed) : ILateConnectionBuilder
{
    public required IServiceCollection Services { get; init; }

    /// <summary>The name of a connection that is given none: <c>Ticker</c> for a <c>TickerHandler</c>.</summary>
    public static string DefaultName(Type handler)
    {
        var name = handler.Name.Split('`')[0];
        return name.Length > "Handler".Length && name.EndsWith("Handler", StringComparison.Ordinal) ? name[..^"Handler".Length] : name;
    }

    public static ILateConnectionBuilder Add<[DynamicallyAccessedMembers(DynamicallyAccessedMemberTypes.PublicConstructors)] THandler>(
        IServiceCollection services, string name, bool isKeyed, Action<LateConnectionOptions>? configure)
        where THandler : class, ILateHandler
    {
        ArgumentNullException.ThrowIfNull(services);
        var registration = Find(services, name);
        if (registration is null)
        {
            registration = new ConnectionRegistration(name, typeof(THandler), isKeyed) { Services = services };
            AddShared(services);
            AddConnection<THandler>(services, registration);
        }
        else if (registration.Handler != typeof(THandler) || registration.IsKeyed != isKeyed)
        {
            throw new InvalidOperationException(
                $"There is a connection '{name}' already, of {TypeName.Of(registration.Handler)}{(registration.IsKeyed ? " with a name" : "")}. " +
                $"Give this one of {TypeName.Of<THandler>()} another name: AddLateConnection<{TypeName.Of<THandler>()}>(\"…\").");
        }

        if (configure is not null)
        {
            services.Configure(name, configure);
        }

        return registration;
    }

    /// <summary>Adds what all connections share, once.</summary>
    public static void AddShared(IServiceCollection services)
    {
        if (services.Any(static service => service.ServiceType == typeof(OptionsFromConfiguration)))
        {
            return;
        }

        services.AddOptions();
        services.TryAddSingleton(TimeProvider.System);
        services.AddSingleton(static provider => new OptionsFromConfiguration(provider.GetService<IConfiguration>()));
        services.AddSingleton<IConfigureOptions<LateConnectionOptions>>(static provider => provider.GetRequiredService<OptionsFromConfiguration>());
        services.AddSingleton<IOptionsChangeTokenSource<LateConnectionOptions>>(static provider => provider.GetRequiredService<OptionsFromConfiguration>());
        services.AddSingleton<IValidateOptions<LateConnectionOptions>, OptionsValidator>();
        services.AddSingleton(static provider => new ConnectionLog(
            GuardedLogger.Create(provider.GetService<ILoggerFactory>(), ConnectionLog.Category),
            provider.GetService<IHostEnvironment>()?.IsDevelopment() == true));
        services.TryAddSingleton<ConnectionDirectory>();
        services.TryAddSingleton<ILateConnectionDirectory>(static provider => provider.GetRequiredService<ConnectionDirectory>());
        services.AddSingleton(CreateMetrics);
        services.AddSingleton<SettingsFactory>();
        services.AddSingleton<HttpConnections>();
        services.AddSingleton<CallbackMonitors>();
        services.AddHostedService<SettingsCheck>();
    }

    /// <summary>Adds what makes the connections of a registration.</summary>
    public static void AddFactory<[DynamicallyAccessedMembers(DynamicallyAccessedMemberTypes.PublicConstructors)] THandler>(IServiceCollection services, string name)
        where THandler : class, ILateHandler =>
        services.AddKeyedSingleton(name, (provider, _) => new ConnectionFactory<THandler>(
            provider, services, provider.GetRequiredService<IOptionsMonitor<ConnectionHooks>>().Get(name)));

    private static ConnectionMetrics CreateMetrics(IServiceProvider provider)
    {
        var metrics = new ConnectionMetrics(provider.GetService<IMeterFactory>());
        var gauges = new ConnectionGauges(provider.GetRequiredService<ConnectionDirectory>(), provider.GetServices<ConnectBudget>);
        gauges.AddTo(metrics.Meter);
        return metrics;
    }

    private static ConnectionRegistration? Find(IServiceCollection services, string name) => services
        .Select(static service => service.ServiceType == typeof(ConnectionRegistration) ? service.ImplementationInstance as ConnectionRegistration : null)
        .FirstOrDefault(registration => string.Equals(registration?.Name, name, StringComparison.OrdinalIgnoreCase));

    private static void AddConnection<[DynamicallyAccessedMembers(DynamicallyAccessedMemberTypes.PublicConstructors)] THandler>(
        IServiceCollection services, ConnectionRegistration registration)
        where THandler : class, ILateHandler
    {
        var name = registration.Name;
        services.AddSingleton(registration);
        services.AddKeyedSingleton(name, (provider, _) => CreateSettings(provider, name));
        AddFactory<THandler>(services, name);
        services.AddKeyedSingleton(name, (provider, _) => provider.GetRequiredKeyedService<ConnectionFactory<THandler>>(name)
            .CreateContext(name, provider.GetRequiredKeyedService<ConnectionSettings>(name)));
        services.AddSingleton(provider => new DirectoryEntry(provider.GetRequiredKeyedService<ConnectionContext>(name), TypeName.Of<THandler>()));
        services.AddKeyedSingleton<ILateClient<THandler>>(name, (provider, _) => new Client<THandler>(provider.GetRequiredKeyedService<ConnectionContext>(name)));
        MissingClient.Add(services, typeof(ILateClient<THandler>), typeof(THandler), hasUnnamed: !registration.IsKeyed);
        if (!registration.IsKeyed)
        {
            services.AddSingleton(provider => provider.GetRequiredKeyedService<ILateClient<THandler>>(name));
        }

        services.AddSingleton<IHostedService>(provider => CreateService<THandler>(provider, name));
    }

    private static ConnectionSettings CreateSettings(IServiceProvider provider, string name) => new(
        name,
        provider.GetRequiredService<SettingsFactory>().Factory,
        provider.GetServices<IOptionsChangeTokenSource<LateConnectionOptions>>(),
        provider.GetRequiredService<ConnectionLog>());

    private static ConnectionService CreateService<[DynamicallyAccessedMembers(DynamicallyAccessedMemberTypes.PublicConstructors)] THandler>(
        IServiceProvider provider, string name)
        where THandler : class, ILateHandler
    {
        var core = provider.GetRequiredKeyedService<ConnectionContext>(name);
        var factory = provider.GetRequiredKeyedService<ConnectionFactory<THandler>>(name);
        return factory.CreateService(core, () => ConnectionFactory<THandler>.CreateParts(
            core,
            factory.CreateHandler(core, provider.GetRequiredKeyedService<ILateClient<THandler>>(name)),
            provider.GetKeyedService<ITransport>(name)
                ?? HttpTransport.Create(name, core.Time, provider.GetRequiredService<HttpConnections>(), provider, core.Hooks)));
    }
}
