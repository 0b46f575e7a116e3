using System.Diagnostics.CodeAnalysis;
using Late.Hosting.Configuration;
using Late.Hosting.Connection;
using Late.Hosting.Connection.Lifecycle;
using Late.Hosting.Diagnostics;
using Late.Hosting.Observability;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace Late.Hosting.Supervision;

/// <summary>Makes the connections of a supervisor.</summary>
/// <param name="name">The supervisor's name.</param>
/// <param name="connections">Makes what they are made of.</param>
/// <param name="transports">Makes their transports.</param>
/// <param name="options">The options of the supervisor.</param>
/// <param name="provider">The application's services.</param>
internal sealed class SupervisedFactory<[DynamicallyAccessedMembers(DynamicallyAccessedMemberTypes.PublicConstructors)] THandler>(
    string name, ConnectionFactory<THandler> connections, SupervisedTransports transports, ReloadedOptions<LateSupervisorOptions> options, IServiceProvider provider)
    where THandler : class, ILateHandler
{
    private static readonly string s_handler = TypeName.Of<THandler>();

    private readonly TemplateChanges[] _changes = TemplateChanges.Of(name, provider.GetServices<IOptionsChangeTokenSource<LateConnectionOptions>>());
    private readonly ConnectionLog _log = provider.GetRequiredService<ConnectionLog>();

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

        var core = connections.CreateContext(NameOf(key), settings, options.Current.MetricsPerConnection ? null : name);
        core.StopEnd = SessionEnd.SupervisorStopping;
        var client = new Client<THandler>(core);
        var service = connections.CreateService(
            core, () => ConnectionFactory<THandler>.CreateParts(core, connections.CreateHandler(core, client, kept), transports.Create(key, core)));
        return new Supervised<THandler>(key, core, service, client)
        {
            Entry = new DirectoryEntry(core, s_handler) { SupervisorName = name, Key = key },
            MakeAgain = () => Create(key, configure, kept),
        };
    }
}
