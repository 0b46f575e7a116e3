using System.Diagnostics.CodeAnalysis;
using Late.Hosting;
using Late.Hosting.Registration;
using Microsoft.Extensions.Configuration;

namespace Microsoft.Extensions.DependencyInjection;

/// <summary>Registers connections.</summary>
public static class LateServiceCollectionExtensions
{
    /// <summary>
    /// Keeps a connection for a handler, from the start of the host to its stop, and registers
    /// <see cref="ILateClient{THandler}"/> and <see cref="ILateCaller{THandler}"/>. Its name is the handler's without "Handler", its settings are in the section
    /// <c>Late:{name}</c>. Doing it again for the same handler only adds to its configuration.
    /// </summary>
    /// <typeparam name="THandler">The handler; made once, with services from the container.</typeparam>
    /// <param name="services">The application's services.</param>
    /// <param name="configure">Changes the options after the configuration section has been read.</param>
    /// <returns>A builder, to configure more.</returns>
    public static ILateConnectionBuilder AddLateConnection<[DynamicallyAccessedMembers(DynamicallyAccessedMemberTypes.PublicConstructors | DynamicallyAccessedMemberTypes.Interfaces)] THandler>(
        this IServiceCollection services, Action<LateConnectionOptions>? configure = null)
        where THandler : class, ILateHandler =>
        Add<THandler>(services).With(configure);

    /// <summary>
    /// Keeps a connection for a handler, as <see cref="AddLateConnection{THandler}(IServiceCollection, Action{LateConnectionOptions})"/> does,
    /// with the settings of another section than <c>Late:{name}</c>.
    /// </summary>
    /// <typeparam name="THandler">The handler; made once, with services from the container.</typeparam>
    /// <param name="services">The application's services.</param>
    /// <param name="section">
    /// The section; it is read again after every reload. One that is not in the configuration stops the start of the host. Of several, the last is read.
    /// </param>
    /// <param name="configure">Changes the options after the section has been read.</param>
    /// <returns>A builder, to configure more.</returns>
    public static ILateConnectionBuilder AddLateConnection<[DynamicallyAccessedMembers(DynamicallyAccessedMemberTypes.PublicConstructors | DynamicallyAccessedMemberTypes.Interfaces)] THandler>(
        this IServiceCollection services, IConfigurationSection section, Action<LateConnectionOptions>? configure = null)
        where THandler : class, ILateHandler =>
        Add<THandler>(services).With(section).With(configure);

    /// <summary>
    /// Keeps a named connection for a handler, in addition to others of the same handler, and registers
    /// <see cref="ILateClient{THandler}"/> and <see cref="ILateCaller{THandler}"/> under the name as their key:
    /// <c>[FromKeyedServices("eu")]</c>. Its settings are in the section <c>Late:{name}</c>. A handler that takes an
    /// <see cref="ILateClient{THandler}"/> or <see cref="ILateCaller{THandler}"/> of its own type gets that of its own connection.
    /// </summary>
    /// <typeparam name="THandler">The handler; made once for each connection, with services from the container.</typeparam>
    /// <param name="services">The application's services.</param>
    /// <param name="name">The connection's name.</param>
    /// <param name="configure">Changes the options after the configuration section has been read.</param>
    /// <returns>A builder, to configure more.</returns>
    /// <exception cref="InvalidOperationException">Another handler has a connection of that name.</exception>
    public static ILateConnectionBuilder AddLateConnection<[DynamicallyAccessedMembers(DynamicallyAccessedMemberTypes.PublicConstructors | DynamicallyAccessedMemberTypes.Interfaces)] THandler>(
        this IServiceCollection services, string name, Action<LateConnectionOptions>? configure = null)
        where THandler : class, ILateHandler =>
        Add<THandler>(services, name).With(configure);

    /// <summary>
    /// Keeps a named connection for a handler, as <see cref="AddLateConnection{THandler}(IServiceCollection, string, Action{LateConnectionOptions})"/> does,
    /// with the settings of another section than <c>Late:{name}</c>.
    /// </summary>
    /// <typeparam name="THandler">The handler; made once for each connection, with services from the container.</typeparam>
    /// <param name="services">The application's services.</param>
    /// <param name="name">The connection's name.</param>
    /// <param name="section">
    /// The section; it is read again after every reload. One that is not in the configuration stops the start of the host. Of several, the last is read.
    /// </param>
    /// <param name="configure">Changes the options after the section has been read.</param>
    /// <returns>A builder, to configure more.</returns>
    /// <exception cref="InvalidOperationException">Another handler has a connection of that name.</exception>
    public static ILateConnectionBuilder AddLateConnection<[DynamicallyAccessedMembers(DynamicallyAccessedMemberTypes.PublicConstructors | DynamicallyAccessedMemberTypes.Interfaces)] THandler>(
        this IServiceCollection services, string name, IConfigurationSection section, Action<LateConnectionOptions>? configure = null)
        where THandler : class, ILateHandler =>
        Add<THandler>(services, name).With(section).With(configure);

    private static HandlerRegistration Add<[DynamicallyAccessedMembers(DynamicallyAccessedMemberTypes.PublicConstructors | DynamicallyAccessedMemberTypes.Interfaces)] THandler>(IServiceCollection services)
        where THandler : class, ILateHandler =>
        ConnectionRegistration.Add<THandler>(services, HandlerRegistration.DefaultName(typeof(THandler)), isKeyed: false);

    private static HandlerRegistration Add<[DynamicallyAccessedMembers(DynamicallyAccessedMemberTypes.PublicConstructors | DynamicallyAccessedMemberTypes.Interfaces)] THandler>(IServiceCollection services, string name)
        where THandler : class, ILateHandler
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(name);
        return ConnectionRegistration.Add<THandler>(services, name, isKeyed: true);
    }
}
