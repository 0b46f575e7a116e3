using Late.Hosting.Connection.Lifecycle;

namespace Late.Hosting.Tests.Connection.Lifecycle;

/// <summary>How often each pair of the table came on the thread that has made this: other tests run their own connections.</summary>
internal sealed class PairCounts : ITransitionObserver
{
    private readonly int _thread = Environment.CurrentManagedThreadId;
    private readonly Dictionary<(LifePhase, LifecycleEvent), int> _life = TransitionTable.OfConnection.Keys.ToDictionary(static pair => pair, static _ => 0);
    private readonly Dictionary<(SessionPhase, LifecycleEvent), int> _session = TransitionTable.OfSession.Keys.ToDictionary(static pair => pair, static _ => 0);

    public IEnumerable<(string Pair, int Count)> All =>
    [
        .. _life.Select(static one => ($"{one.Key.Item1} {one.Key.Item2}", one.Value)),
        .. _session.Select(static one => ($"{one.Key.Item1} {one.Key.Item2}", one.Value)),
    ];

    public void OnEvent(LifePhase phase, LifecycleEvent lifecycleEvent)
    {
        if (Environment.CurrentManagedThreadId == _thread)
        {
            _life[(phase, lifecycleEvent)]++;
        }
    }

    public void OnEvent(SessionPhase phase, LifecycleEvent lifecycleEvent)
    {
        if (Environment.CurrentManagedThreadId == _thread)
        {
            _session[(phase, lifecycleEvent)]++;
        }
    }
}
