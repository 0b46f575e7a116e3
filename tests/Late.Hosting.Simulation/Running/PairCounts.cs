using System.Globalization;
using Late.Hosting.Connection.Lifecycle;

namespace Late.Hosting.Simulation.Running;

/// <summary>How often each event of the lifecycle came in each phase, over all worlds of a process, or of several.</summary>
internal sealed class PairCounts : ITransitionObserver
{
    // Of so many worlds, each pair is wanted so often.
    private const long Worlds = 200_000;
    private const long Enough = 1_000;

    private const string WorldsLine = "worlds";

    private readonly Dictionary<(LifePhase, LifecycleEvent), long> _life = TransitionTable.OfConnection.Keys.ToDictionary(static pair => pair, static _ => 0L);
    private readonly Dictionary<(SessionPhase, LifecycleEvent), long> _session = TransitionTable.OfSession.Keys.ToDictionary(static pair => pair, static _ => 0L);
    private readonly Dictionary<(string, string), long> _others = [];
    private long _worlds;

    public void OnEvent(LifePhase phase, LifecycleEvent lifecycleEvent) => _life[(phase, lifecycleEvent)]++;

    public void OnEvent(SessionPhase phase, LifecycleEvent lifecycleEvent) => _session[(phase, lifecycleEvent)]++;

    /// <summary>Keeps the counts for the process that started this one.</summary>
    /// <param name="path">Where.</param>
    /// <param name="worlds">How many worlds they come from.</param>
    public void Save(string path, ulong worlds) => File.WriteAllLines(
        path, All().Select(static pair => Line(pair.Phase, pair.Event, pair.Count)).Append(Line(WorldsLine, WorldsLine, (long)worlds)));

    /// <summary>Adds the counts of another process.</summary>
    public void Add(string path)
    {
        foreach (var parts in File.ReadLines(path).Select(static line => line.Split('|')))
        {
            var (key, count) = ((parts[0], parts[1]), long.Parse(parts[2], CultureInfo.InvariantCulture));
            _others[key] = _others.GetValueOrDefault(key) + count;
            _worlds += parts[0] == WorldsLine ? count : 0;
        }
    }

    /// <summary>Prints them.</summary>
    /// <returns>False where a pair that is wanted came too seldom for so many worlds, or one came that no world can have.</returns>
    public bool Print()
    {
        var enough = Math.Max(1, Enough * _worlds / Worlds);
        var (wanted, rare, wrong, least) = (0, 0, 0, long.MaxValue);
        foreach (var (phase, lifecycleEvent, count) in All())
        {
            var why = UnwantedPairs.Why(phase, lifecycleEvent);
            var isRare = why is null && count < enough;
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{phase,-20} {lifecycleEvent,-18} {count,12}{(isRare ? $"  fewer than {enough}" : why is null ? "" : $"  not wanted: {why}")}"));
            (wanted, rare, least) = why is null ? (wanted + 1, rare + (isRare ? 1 : 0), Math.Min(least, count)) : (wanted, rare, least);
            wrong += why is not null && count > 0 && !UnwantedPairs.MayCome(why) ? 1 : 0;
        }

        Console.WriteLine(rare == 0
            ? $"every one of {wanted} pairs of phase and event came at least {least} times in {_worlds} worlds; {enough} are wanted"
            : $"{rare} of {wanted} pairs of phase and event came fewer than {enough} times in {_worlds} worlds");
        if (wrong > 0)
        {
            Console.WriteLine($"{wrong} pairs came that no world can have: their reasons are wrong");
        }

        return rare + wrong == 0;
    }

    private static string Line(string phase, string lifecycleEvent, long count) => string.Create(CultureInfo.InvariantCulture, $"{phase}|{lifecycleEvent}|{count}");

    private IEnumerable<(string Phase, string Event, long Count)> All() =>
        _life.Select(static pair => ($"life    {pair.Key.Item1}", $"{pair.Key.Item2}", pair.Value))
            .Concat(_session.Select(static pair => ($"session {pair.Key.Item1}", $"{pair.Key.Item2}", pair.Value)))
            .Select(pair => (pair.Item1, pair.Item2, pair.Value + _others.GetValueOrDefault((pair.Item1, pair.Item2))))
            .OrderBy(static pair => pair, Comparer<(string, string, long)>.Default);
}
