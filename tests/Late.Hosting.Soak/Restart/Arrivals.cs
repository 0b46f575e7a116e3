using System.Collections.Concurrent;

namespace Late.Hosting.Soak.Restart;

/// <summary>When clients attempt to connect, and when all of them have.</summary>
internal sealed class Arrivals(int clients)
{
    private readonly TaskCompletionSource[] _allConnected = [NewSignal(), NewSignal()];
    private readonly ConcurrentQueue<long> _attempts = new();
    private int _sessions;

    /// <summary>Done when every client has had its first session.</summary>
    public Task AllConnected => _allConnected[0].Task;

    /// <summary>Done when every client has had its second.</summary>
    public Task AllReturned => _allConnected[1].Task;

    public void AddAttempt() => _attempts.Enqueue(TimeProvider.System.GetTimestamp());

    public void AddSession()
    {
        var sessions = Interlocked.Increment(ref _sessions);
        if (sessions % clients == 0)
        {
            _allConnected[(sessions / clients) - 1].TrySetResult();
        }
    }

    /// <summary>The attempts after a moment, in their order, as the time since then.</summary>
    public List<TimeSpan> After(long moment) =>
        [.. _attempts.Where(at => at > moment).Select(at => TimeProvider.System.GetElapsedTime(moment, at)).Order()];

    private static TaskCompletionSource NewSignal() => new(TaskCreationOptions.RunContinuationsAsynchronously);
}
