using Late.Hosting.Simulation.Handling;

namespace Late.Hosting.Simulation.Worlds;

/// <summary>The limits of calls that are in force.</summary>
/// <param name="All"><c>MaxConcurrentCalls</c>.</param>
/// <param name="Asks">That of one request.</param>
/// <param name="Probes">That of the other.</param>
/// <param name="QueueTimeout">How long a call may wait for its slot that begins now.</param>
internal sealed record CallLimits(int? All, int? Asks, int? Probes, TimeSpan QueueTimeout)
{
    public static CallLimits Of(LateConnectionOptions options) =>
        new(options.MaxConcurrentCalls, Of(options, nameof(Ask)), Of(options, nameof(Probe)), options.QueueTimeout);

    public static CallLimits Draw(Dice dice) => new(dice.Pick<int?>(null, null, 1, 1, 2, 4), DrawOne(dice), DrawOne(dice), dice.Time(20, 20_000));

    /// <summary>The limit of a request; null where it has none of its own.</summary>
    public int? Of(string request) => request == nameof(Ask) ? Asks : Probes;

    /// <summary>True where a call of a request needs a slot.</summary>
    public bool Limit(string request) => All is not null || Of(request) is not null;

    private static int? Of(LateConnectionOptions options, string request) => options.MaxConcurrentCallsByRequest.TryGetValue(request, out var limit) ? limit : null;

    private static int? DrawOne(Dice dice) => dice.Pick<int?>(null, null, null, 1, 1, 2);
}
