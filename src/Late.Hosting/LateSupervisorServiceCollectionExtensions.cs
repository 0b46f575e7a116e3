using System.Diagnostics.CodeAnalysis;
using Late.Hosting;
using Late.Hosting.Registration;
using Microsoft.Extensions.Configuration;

namespace Microsoft.Extensions.DependencyInjection;

/// <summary>Registers supervisors.</summary>
public static class LateSupervisorServiceCollectionExtensions
{
    /// <summary>
    /// Registers an <see cref="ILateSupervisor{THandler}"/>, which starts and stops connections of a handler while the
    /// application runs. Its name is the handler's without "Handler". The options of its connections begin with the section
    /// <c>Late:{name}</c>, its own are in the section <c>Late:Supervisors:{name}</c>. The builder's configuration applies to all
    /// its connections. Doing it again for the same handler only adds to its configuration.
    /// </summary>
    /// <typeparam name="THandler">The handler; made once for each connection, with services from the container.</typeparam>
    /// <param name="services">The application's services.</param>
    /// <param name="configure">Changes the options of every connection, before those that its start specifies.</param>
    /// <param name="supervise">Changes the options of the supervisor.</param>
    /// <returns>A builder, to configure more.</returns>
    public static ILateConnectionBuilder AddLateSupervisor<[DynamicallyAccessedMembers(DynamicallyAccessedMemberTypes.PublicConstructors | DynamicallyAccessedMemberTypes.Interfaces)] THandler>(
        this IServiceCollection services, Action<LateConnectionOptions>? configure = null, Action<LateSupervisorOptions>? supervise = null)
        where THandler : class, ILateHandler =>
        Add<THandler>(services).With(configure).With(supervise);

    /// <summary>
    /// Registers an <see cref="ILateSupervisor{THandler}"/>, as
    /// <see cref="AddLateSupervisor{THandler}(IServiceCollection, Action{LateConnectionOptions}, Action{LateSupervisorOptions})"/> does,
    /// with another section for the options of its connections than <c>Late:{name}</c>. Its own are still in <c>Late:Supervisors:{name}</c>.
    /// </summary>
    /// <typeparam name="THandler">The handler; made once for each connection, with services from the container.</typeparam>
    /// <param name="services">The application's services.</param>
    /// <param name="section">
    /// The section of the connections; it is read again after every reload. One that is not in the configuration stops the start of the host.
    /// Of several, the last is read.
    /// </param>
    /// <param name="configure">Changes the options of every connection, before those that its start specifies.</param>
    /// <param name="supervise">Changes the options of the supervisor.</param>
    /// <returns>A builder, to configure more.</returns>
    public static ILateConnectionBuilder AddLateSupervisor<[DynamicallyAccessedMembers(DynamicallyAccessedMemberTypes.PublicConstructors | DynamicallyAccessedMemberTypes.Interfaces)] THandler>(
        this IServiceCollection services, IConfigurationSection section, Action<LateConnectionOptions>? configure = null, Action<LateSupervisorOptions>? supervise = null)
        where THandler : class, ILateHandler =>
        Add<THandler>(services).With(section).With(configure).With(supervise);

    /// <summary>
    /// Registers a named <see cref="ILateSupervisor{THandler}"/>, in addition to others of the same handler, under the name as its
    /// key: <c>[FromKeyedServices("eu")]</c>.
    /// </summary>
    /// <typeparam name="THandler">The handler; made once for each connection, with services from the container.</typeparam>
    /// <param name="services">The application's services.</param>
    /// <param name="name">The supervisor's name.</param>
    /// <param name="configure">Changes the options of every connection, before those that its start specifies.</param>
    /// <param name="supervise">Changes the options of the supervisor.</param>
    /// <returns>A builder, to configure more.</returns>
    /// <exception cref="InvalidOperationException">Another handler has a supervisor of that name.</exception>
    public static ILateConnectionBuilder AddLateSupervisor<[DynamicallyAccessedMembers(DynamicallyAccessedMemberTypes.PublicConstructors | DynamicallyAccessedMemberTypes.Interfaces)] THandler>(
        this IServiceCollection services, string name, Action<LateConnectionOptions>? configure = null, Action<LateSupervisorOptions>? supervise = null)
        where THandler : class, ILateHandler =>
        Add<THandler>(services, name).With(configure).With(supervise);

    /// <summary>
    /// Registers a named <see cref="ILateSupervisor{THandler}"/>, as
    /// <see cref="AddLateSupervisor{THandler}(IServiceCollection, string, Action{LateConnectionOptions}, Action{LateSupervisorOptions})"/> does,
    /// with another section for the options of its connections than <c>Late:{name}</c>. Its own are still in <c>Late:Supervisors:{name}</c>.
    /// </summary>
    /// <typeparam name="THandler">The handler; made once for each connection, with services from the container.</typeparam>
    /// <param name="services">The application's services.</param>
    /// <param name="name">The supervisor's name.</param>
    /// <param name="section">
    /// The section of the connections; it is read again after every reload. One that is not in the configuration stops the start of the host.
    /// Of several, the last is read.
    /// </param>
    /// <param name="configure">Changes the options of every connection, before those that its start specifies.</param>
    /// <param name="supervise">Changes the options of the supervisor.</param>
    /// <returns>A builder, to configure more.</returns>
    /// <exception cref="InvalidOperationException">Another handler has a supervisor of that name.</exception>
    public static ILateConnectionBuilder AddLateSupervisor<[DynamicallyAccessedMembers(DynamicallyAccessedMemberTypes.PublicConstructors | DynamicallyAccessedMemberTypes.Interfaces)] THandler>(
        this IServiceCollection services,
        string name,
        IConfigurationSection section,
        Action<LateConnectionOptions>? configure = null,
        Action<LateSupervisorOptions>? supervise = null)
        where THandler : class, ILateHandler =>
        Add<THandler>(services, name).With(section).With(configure).With(supervise);

    private static HandlerRegistration Add<[DynamicallyAccessedMembers(DynamicallyAccessedMemberTypes.PublicConstructors | DynamicallyAccessedMemberTypes.Interfaces)] THandler>(IServiceCollection services)
        where THandler : class, ILateHandler =>
        SupervisorRegistration.Add<THandler>(services, HandlerRegistration.DefaultName(typeof(THandler)), isKeyed: false);

    private static HandlerRegistration Add<[DynamicallyAccessedMembers(DynamicallyAccessedMemberTypes.PublicConstructors | DynamicallyAccessedMemberTypes.Interfaces)] THandler>(IServiceCollection services, string name)
        where THandler : class, ILateHandler
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(name);
        return SupervisorRegistration.Add<THandler>(services, name, isKeyed: true);
    }
}
