using System.Diagnostics.CodeAnalysis;
using Late.Hosting.Configuration;
using Late.Hosting.Connection;
using Late.Hosting.Observability;
using Late.Hosting.Supervision;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;

namespace Late.Hosting.Registration;

/// <summary>A registered supervisor: what <c>AddLateSupervisor</c> puts into the container, once for each name.</summary>
internal sealed record SupervisorRegistration(string Name, Type Handler, bool IsKeyed) : HandlerRegistration(Name, Handler, IsKeyed)
{
    private static readonly Uri s_someUri = new("ws://localhost/");

    protected override string What => "supervisor";

    protected override string Method => "AddLateSupervisor";

    public static HandlerRegistration Add<[DynamicallyAccessedMembers(DynamicallyAccessedMemberTypes.PublicConstructors | DynamicallyAccessedMemberTypes.Interfaces)] THandler>(
        IServiceCollection services, string name, bool isKeyed)
        where THandler : class, ILateHandler
    {
        ArgumentNullException.ThrowIfNull(services);
        var registration = new SupervisorRegistration(name, typeof(THandler), isKeyed) { Services = services, Requests = RequestNames.Of(typeof(THandler)) };
        if (Find(registration) is { } found)
        {
            return found;
        }

        CommonRegistration.Add(services);
        AddSupervisor<THandler>(registration);
        return registration;
    }

    /// <summary>The options that its connections begin with; their addresses may come later.</summary>
    /// <exception cref="OptionsValidationException">They are invalid.</exception>
    public LateConnectionOptions CreateOptions(IServiceProvider provider) =>
        provider.GetRequiredService<OptionsSource<LateConnectionOptions>>().Create(Name, static options => options.Uri ??= s_someUri);

    public override IEnumerable<CheckedSection> SectionsOf(IServiceProvider provider) =>
    [
        OptionsRegistration.SectionOf<LateSupervisorOptions>(provider, Name),
        new(provider.GetRequiredService<OptionSections<LateConnectionOptions>>().PathOf(Name), () => CreateOptions(provider)),
    ];

    private static void AddSupervisor<[DynamicallyAccessedMembers(DynamicallyAccessedMemberTypes.PublicConstructors)] THandler>(SupervisorRegistration registration)
        where THandler : class, ILateHandler
    {
        var (services, name) = (registration.Services, registration.Name);
        services.AddSingleton(registration);
        OptionsRegistration.Add<LateSupervisorOptions>(services, name);
        ConnectionRegistration.AddFactory<THandler>(services);
        services.AddKeyedSingleton(name, (provider, _) => new SupervisedTransports(
            provider.GetKeyedService<ITransportFactory>(name), provider.GetRequiredService<IOptionsMonitor<ConnectionHooks>>().Get(name), provider));
        services.AddKeyedSingleton(name, (provider, _) => CreateSupervisor<THandler>(provider, name));
        services.AddKeyedSingleton<ILateSupervisor<THandler>>(name, (provider, _) => provider.GetRequiredKeyedService<Supervisor<THandler>>(name));
        MissingClient.Add(services, typeof(ILateSupervisor<THandler>), typeof(THandler), hasUnnamed: !registration.IsKeyed);
        MissingClient.Add(services, typeof(ILateClient<THandler>), typeof(THandler), hasUnnamed: false);
        MissingClient.Add(services, typeof(ILateCaller<THandler>), typeof(THandler), hasUnnamed: false);
        if (!registration.IsKeyed)
        {
            services.AddSingleton(provider => provider.GetRequiredKeyedService<ILateSupervisor<THandler>>(name));
        }

        services.AddSingleton<IConnectionSource>(provider => provider.GetRequiredKeyedService<Supervisor<THandler>>(name));
        services.AddSingleton<IHostedService>(provider => provider.GetRequiredKeyedService<Supervisor<THandler>>(name));
    }

    private static Supervisor<THandler> CreateSupervisor<[DynamicallyAccessedMembers(DynamicallyAccessedMemberTypes.PublicConstructors)] THandler>(
        IServiceProvider provider, string name)
        where THandler : class, ILateHandler
    {
        var options = provider.GetRequiredKeyedService<CurrentOptions<LateSupervisorOptions>>(name);
        var connections = new SupervisedFactory<THandler>(
            name,
            provider.GetRequiredService<ConnectionFactory<THandler>>(),
            provider.GetRequiredService<OptionsSource<LateConnectionOptions>>(),
            options,
            provider.GetRequiredKeyedService<SupervisedTransports>(name));
        return new Supervisor<THandler>(name, connections, options, provider.GetRequiredService<StopShares>(), provider.GetRequiredService<SupervisorLog>());
    }
}
