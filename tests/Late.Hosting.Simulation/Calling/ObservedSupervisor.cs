using System.Diagnostics.CodeAnalysis;
using Late.Hosting.Simulation.Handling;
using Late.Hosting.Simulation.Worlds;

namespace Late.Hosting.Simulation.Calling;

/// <summary>A supervisor whose connections note the calls that a broadcast makes.</summary>
internal sealed class ObservedSupervisor(World world, ILateSupervisor<SimulationHandler> supervisor, TimeSpan? cancelledAt) : ILateSupervisor<SimulationHandler>
{
    private readonly Dictionary<string, CallErrand> _calls = new(StringComparer.Ordinal);

    public string Name => supervisor.Name;

    /// <summary>The calls, by key.</summary>
    public IReadOnlyDictionary<string, CallErrand> Calls => _calls;

    /// <summary>The keys that there were.</summary>
    public IReadOnlyCollection<string> Keys { get; private set; } = [];

    public IReadOnlyDictionary<string, ILateClient<SimulationHandler>> Connections
    {
        get
        {
            var connections = new Dictionary<string, ILateClient<SimulationHandler>>(StringComparer.Ordinal);
            foreach (var (key, client) in supervisor.Connections)
            {
                // One whose handler is not made yet has no subject.
                if (world.Subjects.OfClient(client) is { } subject)
                {
                    connections.Add(key, new ObservedClient(client, options => Call(key, subject, options)));
                }
            }

            Keys = connections.Keys;
            return connections;
        }
    }

    public Task<ILateClient<SimulationHandler>> StartAsync(
        string key, Action<LateConnectionOptions>? configure, Func<IServiceProvider, SimulationHandler>? create, CancellationToken cancellationToken) => throw new NotSupportedException();

    public Task<ILateClient<SimulationHandler>> GetOrStartAsync(
        string key, Action<LateConnectionOptions>? configure, Func<IServiceProvider, SimulationHandler>? create, CancellationToken cancellationToken) => throw new NotSupportedException();

    public bool TryGet(string key, [MaybeNullWhen(false)] out ILateClient<SimulationHandler> client) => throw new NotSupportedException();

    public Task<bool> StopAsync(string key, CancellationToken cancellationToken) => throw new NotSupportedException();

    private Task Call(string key, Subject subject, (LateCallOptions Options, CancellationToken Cancellation) call)
    {
        var made = subject.Callers.Call(nameof(Probe), call.Options, cancelledAt, call.Cancellation);
        _calls.Add(key, made);
        return made.Task;
    }
}
