using Late.Hosting.Configuration;
using Late.Hosting.Connection;
using Late.Hosting.Transport;
using Microsoft.Extensions.DependencyInjection;

namespace Late.Hosting.Supervision;

/// <summary>Makes the transports of a supervisor's connections.</summary>
/// <param name="substitute">Makes them in place of HTTP; null for none.</param>
/// <param name="hooks">What the supervisor's builder was given.</param>
/// <param name="services">The application's services.</param>
internal sealed class SupervisedTransports(ITransportFactory? substitute, ConnectionHooks hooks, IServiceProvider services) : IDisposable
{
    // One handler for all of them: ten thousand could not have one each.
    private readonly Lazy<HttpConnections>? _own = hooks.HttpHandler.Count == 0
        ? null
        : new(() => new HttpConnections(handler => hooks.HttpHandler.ForEach(configure => configure(handler, services))));

    public ITransport Create(string key, ConnectionContext connection) =>
        substitute?.Create(key, connection) ?? new HttpTransport(connection.Name, connection.Time, _own?.Value ?? services.GetRequiredService<HttpConnections>());

    public void Dispose()
    {
        if (_own is { IsValueCreated: true })
        {
            _own.Value.Dispose();
        }
    }
}
