using Late.Hosting.Connection;
using Late.Hosting.Simulation.Handling;
using Late.Hosting.Supervision;
using Late.Hosting.Transport;

namespace Late.Hosting.Simulation.Worlds;

/// <summary>All connections of a world, those that have ended too.</summary>
internal sealed class Subjects(World world) : ITransportFactory
{
    private readonly Dictionary<string, Subject> _latest = new(StringComparer.Ordinal);
    private readonly List<Subject> _all = [];

    public IReadOnlyList<Subject> All => _all;

    /// <summary>The latest connection of each name.</summary>
    public IEnumerable<Subject> Latest => _latest.Values;

    /// <summary>The connection of a client; null where its handler is not made yet.</summary>
    public Subject? OfClient(ILateClient client) => _all.Find(subject => subject.Client == client);

    /// <summary>The latest connection of a name; null where there was none.</summary>
    public Subject? Of(string name) => _latest.GetValueOrDefault(name);

    /// <summary>A client is there: from here on its connection is watched.</summary>
    public Subject Open(ILateClient<SimulationHandler> client, StartRequest? request = null)
    {
        var label = world.Plan.IsSupervised ? $"{client.Name}#{_all.Count + 1} " : "";
        var subject = new Subject(world, client, request, label);
        Of(client.Name)?.Ending.OnFollowed(subject);
        _latest[client.Name] = subject;
        _all.Add(subject);
        return subject;
    }

    /// <summary>A handler is made: that of a life of a connection, or of a new connection.</summary>
    public Subject Begin(ILateClient<SimulationHandler> client, StartRequest? request) =>
        Of(client.Name) is { } subject && (subject.Handler is null || subject.Client == client) ? subject : Open(client, request);

    /// <summary>Chance as the library asks for it; the subject that has just begun a session observes it first.</summary>
    public double DrawShare()
    {
        var share = world.Dice.Fraction();
        _ = _all.Exists(subject => subject.Rotations.OnDrawn(share));
        return share;
    }

    ITransport ITransportFactory.Create(string key, ConnectionContext connection) => Of(connection.Name)!.Transport;
}
