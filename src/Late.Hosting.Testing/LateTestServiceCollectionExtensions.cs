using Late.Hosting;
using Late.Hosting.Connection;
using Late.Hosting.Connection.Reconnecting;
using Late.Hosting.Registration;
using Late.Hosting.Supervision;
using Late.Hosting.Testing;
using Late.Hosting.Transport;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace Microsoft.Extensions.DependencyInjection;

/// <summary>Puts peers under an application.</summary>
public static class LateTestServiceCollectionExtensions
{
    private static readonly Uri DefaultUri = new("ws://peer.test/");

    /// <summary>
    /// Puts a peer under the connection of a handler, instead of the network, and makes the peer's clock the application's
    /// <see cref="TimeProvider"/>. A connection without a <c>Uri</c> gets <c>ws://peer.test/</c>. What
    /// <c>ConfigureHttpHandler</c> configures is not used.
    /// </summary>
    /// <typeparam name="THandler">The handler.</typeparam>
    /// <param name="services">The application's services, before or after <c>AddLateConnection</c>.</param>
    /// <param name="peer">The peer.</param>
    /// <returns>The same services.</returns>
    /// <exception cref="InvalidOperationException">The connection has another peer already, or another peer has another clock.</exception>
    public static IServiceCollection AddLateTestPeer<THandler>(this IServiceCollection services, LateTestPeer peer)
        where THandler : class, ILateHandler =>
        Add(services, HandlerRegistration.DefaultName(typeof(THandler)), peer);

    /// <inheritdoc cref="AddLateTestPeer{THandler}(IServiceCollection, LateTestPeer)"/>
    /// <param name="services">The application's services, before or after <c>AddLateConnection</c>.</param>
    /// <param name="name">The name of the connection, as it was given to <c>AddLateConnection</c>.</param>
    /// <param name="peer">The peer.</param>
    public static IServiceCollection AddLateTestPeer<THandler>(this IServiceCollection services, string name, LateTestPeer peer)
        where THandler : class, ILateHandler
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(name);
        return Add(services, name, peer);
    }

    /// <summary>
    /// Puts peers under the connections of a supervisor, one for each key, instead of the network, and makes their clock the
    /// application's <see cref="TimeProvider"/>. A connection without a <c>Uri</c> gets <c>ws://peer.test/</c>. What
    /// <c>ConfigureHttpHandler</c> configures is not used.
    /// </summary>
    /// <typeparam name="THandler">The handler.</typeparam>
    /// <param name="services">The application's services, before or after <c>AddLateSupervisor</c>.</param>
    /// <param name="peers">The peers.</param>
    /// <returns>The same services.</returns>
    /// <exception cref="InvalidOperationException">Another peer has another clock.</exception>
    public static IServiceCollection AddLateTestPeers<THandler>(this IServiceCollection services, LateTestPeers peers)
        where THandler : class, ILateHandler =>
        Add(services, HandlerRegistration.DefaultName(typeof(THandler)), peers);

    /// <inheritdoc cref="AddLateTestPeers{THandler}(IServiceCollection, LateTestPeers)"/>
    /// <param name="services">The application's services, before or after <c>AddLateSupervisor</c>.</param>
    /// <param name="name">The name of the supervisor, as it was given to <c>AddLateSupervisor</c>.</param>
    /// <param name="peers">The peers.</param>
    public static IServiceCollection AddLateTestPeers<THandler>(this IServiceCollection services, string name, LateTestPeers peers)
        where THandler : class, ILateHandler
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(name);
        return Add(services, name, peers);
    }

    private static IServiceCollection Add(IServiceCollection services, string name, LateTestPeer peer)
    {
        ArgumentNullException.ThrowIfNull(services);
        ArgumentNullException.ThrowIfNull(peer);
        if (services.Any(service => service.IsKeyedService && service.KeyedImplementationInstance is LateTestPeer other && other != peer && name.Equals(service.ServiceKey)))
        {
            throw new InvalidOperationException($"Connection '{name}' has another LateTestPeer already. Give it one only.");
        }

        services.TryAddKeyedSingleton(name, peer);
        return AddClock(services, name, peer.Clock)
            .AddSingleton<RetryClock>(connection => connection == name ? peer.RetryTime : null)
            .AddKeyedSingleton<ITransport>(name, (provider, _) => peer.CreateTransport(provider.GetRequiredKeyedService<ConnectionContext>(name)));
    }

    private static IServiceCollection Add(IServiceCollection services, string name, LateTestPeers peers)
    {
        ArgumentNullException.ThrowIfNull(peers);
        return AddClock(services, name, peers.Clock)
            .AddSingleton<RetryClock>(connection => connection.StartsWith($"{name}/", StringComparison.Ordinal) ? peers[connection[(name.Length + 1)..]].RetryTime : null)
            .AddKeyedSingleton<ITransportFactory>(name, peers);
    }

    private static IServiceCollection AddClock(IServiceCollection services, string name, LateTestClock clock)
    {
        ArgumentNullException.ThrowIfNull(services);
        if (services.Any(service => service is { IsKeyedService: false, ImplementationInstance: LateTestClock other } && other != clock))
        {
            throw new InvalidOperationException("An application has one clock. Make its peers on one: new LateTestPeer(clock).");
        }

        services.RemoveAll<TimeProvider>();
        services.AddSingleton<TimeProvider>(clock);
        services.PostConfigure<LateConnectionOptions>(name, static options => options.Uri ??= options.Uris.Count == 0 ? DefaultUri : null);
        return services;
    }
}
