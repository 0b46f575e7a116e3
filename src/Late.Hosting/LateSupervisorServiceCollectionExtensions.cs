using System.Diagnostics.CodeAnalysis;
using Late.Hosting;
using Late.Hosting.Registration;

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
    public static ILateConnectionBuilder AddLateSupervisor<[DynamicallyAccessedMembers(DynamicallyAccessedMemberTypes.PublicConstructors)] THandler>(
        this IServiceCollection services, Action<LateConnectionOptions>? configure = null, Action<LateSupervisorOptions>? supervise = null)
        where THandler : class, ILateHandler =>
        SupervisorRegistration.Add<THandler>(services, HandlerRegistration.DefaultName(typeof(THandler)), isKeyed: false, configure, supervise);

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
    public static ILateConnectionBuilder AddLateSupervisor<[DynamicallyAccessedMembers(DynamicallyAccessedMemberTypes.PublicConstructors)] THandler>(
        this IServiceCollection services, string name, Action<LateConnectionOptions>? configure = null, Action<LateSupervisorOptions>? supervise = null)
        where THandler : class, ILateHandler
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(name);
        return SupervisorRegistration.Add<THandler>(services, name, isKeyed: true, configure, supervise);
    }
}
