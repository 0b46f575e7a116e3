using System.Collections.Immutable;

namespace WorkerSample.Ticker;

/// <summary>Takes the place of a database: the last hundred sessions, in memory.</summary>
public sealed class SessionStore
{
    private const int Capacity = 100;

    private ImmutableList<EndedSession> _sessions = [];

    public IReadOnlyList<EndedSession> Read() => _sessions;

    public void Write(EndedSession session) =>
        ImmutableInterlocked.Update(ref _sessions, static (sessions, added) => [added, .. sessions.Take(Capacity - 1)], session);
}
