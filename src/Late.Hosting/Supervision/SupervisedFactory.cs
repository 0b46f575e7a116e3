using System.Diagnostics.CodeAnalysis;
using Late.Hosting.Configuration;
using Late.Hosting.Connection;
using Late.Hosting.Connection.Lifecycle;
using Late.Hosting.Connection.Reconnecting;
using Late.Hosting.Diagnostics;
using Late.Hosting.Observability;
using Late.Hosting.Registration;
using Late.Hosting.Transport;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;

namespace Late.Hosting.Supervision;

/// <summary>
/// Makes a supervisor's connections by hand: what the container makes under a name it keeps for ever, and a connection that
/// is gone shall leave nothing.
/// </summary>
internal sealed class SupervisedFactory<[DynamicallyAccessedMembers(DynamicallyAccessedMemberTypes.PublicConstructors)] THandler>(
    string name, IServiceProvider provider, IServiceCollection registered) : IDisposable
    where THandler : class, ILateHandler
{
    private static readonly ConnectionHooks s_noHooks = new();
    private static readonly string s_handler = TypeName.Of<THandler>();

    private readonly ConnectionHooks _hooks = provider.GetRequiredService<IOptionsMonitor<ConnectionHooks>>().Get(name);
    private readonly TemplateChanges[] _changes = TemplateChanges.Of(name, provider.GetServices<IOptionsChangeTokenSource<LateConnectionOptions>>());
    private readonly ConnectionLog _log = provider.GetRequiredService<ConnectionLog>();
    private readonly ITransportFactory? _transports = provider.GetKeyedService<ITransportFactory>(name);
    private readonly IHostApplicationLifetime _lifetime = provider.GetRequiredService<IHostApplicationLifetime>();
    private readonly ReloadedOptions<LateSupervisorOptions> _options = provider.GetRequiredKeyedService<ReloadedOptions<LateSupervisorOptions>>(name);
    private HttpConnections? _ownHttp;

    /// <summary>The options that all connections begin with.</summary>
    public OptionsTemplate Template { get; } = new(
        name,
        provider.GetServices<IConfigureOptions<LateConnectionOptions>>(),
        provider.GetServices<IPostConfigureOptions<LateConnectionOptions>>(),
        provider.GetServices<IValidateOptions<LateConnectionOptions>>());

    public string NameOf(string key) => $"{name}/{key}";

    /// <summary>Makes a connection; it does not run yet.</summary>
    /// <exception cref="OptionsValidationException">Its options do not pass the checks.</exception>
    public Supervised<THandler> Create(string key, Action<LateConnectionOptions>? configure, IReadOnlyList<object> arguments)
    {
        // The caller's list may change until the connection starts again.
        object[] kept = [.. arguments];
        var settings = new ConnectionSettings(NameOf(key), new OptionsOfKey(Template, configure), _changes, _log);
        try
        {
            _ = settings.Current;
        }
        catch
        {
            settings.Dispose();
            throw;
        }

        var core = ConnectionRegistration.CreateCore(provider, NameOf(key), settings, _hooks, _options.Current.MetricsPerConnection ? null : name);
        core.StopEnd = SessionEnd.SupervisorStopping;
        var client = new Client<THandler>(core);
        var service = new ConnectionService(core, () => CreateParts(key, core, client, kept), ConnectionRegistration.CreatePipeline(provider, core), _lifetime);
        return new Supervised<THandler>(key, core, service, client)
        {
            Entry = new DirectoryEntry(core, s_handler) { SupervisorName = name, Key = key },
            MakeAgain = () => Create(key, configure, kept),
        };
    }

    public void Dispose() => _ownHttp?.Dispose();

    private ConnectionParts CreateParts(string key, ConnectionContext core, Client<THandler> client, object[] arguments)
    {
        var services = new HandlerServices(
            provider, typeof(ILateClient<THandler>), client, new ScopedServices(registered, _log, core.Name, typeof(THandler)));
        var handler = ActivatorUtilities.CreateInstance<THandler>(services, arguments);
        var transport = _transports?.Create(key, core) ?? HttpTransport.Create(core.Name, core.Time, Http(), provider, s_noHooks);
        var runner = handler.OpenRunner(core);
        return new ConnectionParts(handler, runner, new SessionCycle(core, transport, runner), transport);
    }

    // One handler for all of them: ten thousand could not have one each.
    private HttpConnections Http()
    {
        if (_hooks.HttpHandler.Count == 0)
        {
            return provider.GetRequiredService<HttpConnections>();
        }

        if (Volatile.Read(ref _ownHttp) is { } http)
        {
            return http;
        }

        Interlocked.CompareExchange(ref _ownHttp, new HttpConnections(handler => _hooks.HttpHandler.ForEach(configure => configure(handler, provider))), null);
        return _ownHttp;
    }
}
