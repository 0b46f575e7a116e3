using System.Globalization;
using Late.Hosting.Connection.Lifecycle;

namespace Late.Hosting.Simulation.Running;

/// <summary>How often each event of the lifecycle came in each phase, over all worlds of a process, or of several.</summary>
internal sealed class PairCounts : ITransitionObserver
{
    private const int Enough = 1_000;

    // The product enters them with the next issues; until then the model alone does.
    private static readonly HashSet<string> s_later =
    [
        nameof(LifePhase.Standby), nameof(SessionPhase.Closing), nameof(SessionPhase.HeldClose),
        nameof(LifecycleEvent.Adopt), nameof(LifecycleEvent.BeginClosing), nameof(LifecycleEvent.HoldClose), nameof(LifecycleEvent.ReleaseClose),
    ];

    private readonly Dictionary<(LifePhase, LifecycleEvent), long> _life = TransitionTable.OfConnection.Keys.ToDictionary(static pair => pair, static _ => 0L);
    private readonly Dictionary<(SessionPhase, LifecycleEvent), long> _session = TransitionTable.OfSession.Keys.ToDictionary(static pair => pair, static _ => 0L);
    private readonly Dictionary<(string, string), long> _others = [];

    public void OnEvent(LifePhase phase, LifecycleEvent lifecycleEvent) => _life[(phase, lifecycleEvent)]++;

    public void OnEvent(SessionPhase phase, LifecycleEvent lifecycleEvent) => _session[(phase, lifecycleEvent)]++;

    /// <summary>Keeps the counts for the process that started this one.</summary>
    public void Save(string path) => File.WriteAllLines(path, All().Select(static pair => string.Create(CultureInfo.InvariantCulture, $"{pair.Phase}|{pair.Event}|{pair.Count}")));

    /// <summary>Adds the counts of another process.</summary>
    public void Add(string path)
    {
        foreach (var parts in File.ReadLines(path).Select(static line => line.Split('|')))
        {
            var key = (parts[0], parts[1]);
            _others[key] = _others.GetValueOrDefault(key) + long.Parse(parts[2], CultureInfo.InvariantCulture);
        }
    }

    public void Print()
    {
        foreach (var (phase, lifecycleEvent, count) in All())
        {
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{phase,-20} {lifecycleEvent,-18} {count,12}{(IsLater(phase, lifecycleEvent) ? "  with the next issues" : count < Enough ? $"  fewer than {Enough}" : "")}"));
        }

        var counted = All().Where(static pair => !IsLater(pair.Phase, pair.Event)).ToArray();
        var rare = counted.Count(static pair => pair.Count < Enough);
        Console.WriteLine(rare == 0
            ? $"every one of {counted.Length} pairs of phase and event came at least {counted.Min(static pair => pair.Count)} times"
            : $"{rare} of {counted.Length} pairs of phase and event came fewer than {Enough} times");
    }

    private IEnumerable<(string Phase, string Event, long Count)> All() =>
        _life.Select(static pair => ($"life    {pair.Key.Item1}", $"{pair.Key.Item2}", pair.Value))
            .Concat(_session.Select(static pair => ($"session {pair.Key.Item1}", $"{pair.Key.Item2}", pair.Value)))
            .Select(pair => (pair.Item1, pair.Item2, pair.Value + _others.GetValueOrDefault((pair.Item1, pair.Item2))))
            .OrderBy(static pair => pair, Comparer<(string, string, long)>.Default);

    private static bool IsLater(string phase, string lifecycleEvent) => s_later.Contains(phase[8..]) || s_later.Contains(lifecycleEvent);
}
