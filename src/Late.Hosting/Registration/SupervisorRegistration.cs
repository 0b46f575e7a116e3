using System.Diagnostics.CodeAnalysis;
using Late.Hosting.Configuration;
using Late.Hosting.Connection;
using Late.Hosting.Diagnostics;
using Late.Hosting.Observability;
using Late.Hosting.Supervision;
using Late.Hosting.Transport;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Late.Hosting.Registration;

/// <summary>Puts a supervisor into the container, once for each name.</summary>
internal sealed record SupervisorRegistration(string Name, Type Handler, bool IsKeyed) : ILateConnectionBuilder
{
    public required IServiceCollection Services { get; init; }

    public static ILateConnectionBuilder Add<[DynamicallyAccessedMembers(DynamicallyAccessedMemberTypes.PublicConstructors)] THandler>(
        IServiceCollection services, string name, bool isKeyed, Action<LateConnectionOptions>? configure, Action<LateSupervisorOptions>? supervise)
        where THandler : class, ILateHandler
    {
        ArgumentNullException.ThrowIfNull(services);
        var registration = Find(services, name);
        if (registration is null)
        {
            registration = new SupervisorRegistration(name, typeof(THandler), isKeyed) { Services = services };
            services.AddSingleton(registration);
            AddShared(services);
            AddSupervisor<THandler>(services, registration);
        }
        else if (registration.Handler != typeof(THandler) || registration.IsKeyed != isKeyed)
        {
            throw new InvalidOperationException(
                $"There is a supervisor '{name}' already, of {TypeName.Of(registration.Handler)}{(registration.IsKeyed ? " with a name" : "")}. " +
                $"Give this one of {TypeName.Of<THandler>()} another name: AddLateSupervisor<{TypeName.Of<THandler>()}>(\"…\").");
        }

        if (configure is not null)
        {
            services.Configure(name, configure);
        }

        if (supervise is not null)
        {
            services.Configure(name, supervise);
        }

        return registration;
    }

    /// <summary>Adds what supervisors and budgets log with, and what all connections share, once.</summary>
    public static void AddLog(IServiceCollection services)
    {
        ConnectionRegistration.AddShared(services);
        services.TryAddSingleton(static provider => new SupervisorLog(GuardedLogger.Create(provider.GetService<ILoggerFactory>(), ConnectionLog.Category)));
    }

    private static SupervisorRegistration? Find(IServiceCollection services, string name) => services
        .Select(static service => service.ServiceType == typeof(SupervisorRegistration) ? service.ImplementationInstance as SupervisorRegistration : null)
        .FirstOrDefault(registration => string.Equals(registration?.Name, name, StringComparison.OrdinalIgnoreCase));

    private static void AddShared(IServiceCollection services)
    {
        AddLog(services);
        if (services.Any(static service => service.ServiceType == typeof(IValidateOptions<LateSupervisorOptions>)))
        {
            return;
        }

        services.AddSingleton<IConfigureOptions<LateSupervisorOptions>>(static provider => SupervisorSettings.Reader(provider.GetService<IConfiguration>()));
        services.AddSingleton<IValidateOptions<LateSupervisorOptions>, SupervisorSettings>();
    }

    private static void AddSupervisor<[DynamicallyAccessedMembers(DynamicallyAccessedMemberTypes.PublicConstructors)] THandler>(
        IServiceCollection services, SupervisorRegistration registration)
        where THandler : class, ILateHandler
    {
        var name = registration.Name;
        ConnectionRegistration.AddFactory<THandler>(services, name);
        services.AddKeyedSingleton(name, (provider, _) => new SupervisedTransports(
            provider.GetKeyedService<ITransportFactory>(name), provider.GetRequiredService<IOptionsMonitor<ConnectionHooks>>().Get(name), provider));
        services.AddKeyedSingleton(name, (provider, _) => new SupervisedFactory<THandler>(
            name,
            provider.GetRequiredKeyedService<ConnectionFactory<THandler>>(name),
            provider.GetRequiredKeyedService<SupervisedTransports>(name),
            provider.GetRequiredKeyedService<ReloadedOptions<LateSupervisorOptions>>(name),
            provider));
        services.AddKeyedSingleton(name, (provider, _) => new ReloadedOptions<LateSupervisorOptions>(
            name, provider.GetRequiredService<IOptionsFactory<LateSupervisorOptions>>(), provider.GetService<IConfiguration>(), provider.GetRequiredService<ConnectionLog>()));
        services.AddKeyedSingleton(name, (provider, _) => new Supervisor<THandler>(
            name,
            provider.GetRequiredKeyedService<SupervisedFactory<THandler>>(name),
            provider.GetRequiredKeyedService<ReloadedOptions<LateSupervisorOptions>>(name),
            provider.GetRequiredService<SupervisorLog>()));
        services.AddKeyedSingleton<ILateSupervisor<THandler>>(name, (provider, _) => provider.GetRequiredKeyedService<Supervisor<THandler>>(name));
        MissingClient.Add(services, typeof(ILateSupervisor<THandler>), typeof(THandler), hasUnnamed: !registration.IsKeyed);
        MissingClient.Add(services, typeof(ILateClient<THandler>), typeof(THandler), hasUnnamed: false);
        if (!registration.IsKeyed)
        {
            services.AddSingleton(provider => provider.GetRequiredKeyedService<ILateSupervisor<THandler>>(name));
        }

        services.AddSingleton<IConnectionSource>(provider => provider.GetRequiredKeyedService<Supervisor<THandler>>(name));
        services.AddSingleton(provider => new SettingsToCheck(SupervisorSettings.SectionOf(name), () => _ = provider.GetRequiredKeyedService<ReloadedOptions<LateSupervisorOptions>>(name).Current));
        services.AddSingleton(provider => new SettingsToCheck(OptionsFromConfiguration.SectionOf(name), provider.GetRequiredKeyedService<SupervisedFactory<THandler>>(name).Template.Check));
        services.AddSingleton<IHostedService>(provider => provider.GetRequiredKeyedService<Supervisor<THandler>>(name));
    }
}
