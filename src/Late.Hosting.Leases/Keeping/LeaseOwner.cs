using Late.Hosting.Diagnostics;

namespace Late.Hosting.Leases.Keeping;

/// <summary>
/// A connection as the owner of one term, from the first request for it on. Another term has another name: no request of an earlier one that was on its
/// way changes it.
/// </summary>
internal sealed class LeaseOwner
{
    private volatile bool _isOver;
    private long _late;
    private volatile Task _lateAnswers = Task.CompletedTask;

    /// <summary>Its name in the store.</summary>
    public string Name { get; } = Guid.NewGuid().ToString("N");

    /// <summary>True when it asks for the lease no longer, and does not have it.</summary>
    public bool IsOver => _isOver;

    /// <summary>Done when all answers have come that were no longer awaited, and what they have granted to an owner that is over is released.</summary>
    public Task Late => _lateAnswers;

    public void End() => _isOver = true;

    /// <summary>An answer is no longer awaited. For one request after the other.</summary>
    public void AddLate(Task answer) => _lateAnswers = _lateAnswers.IsCompleted ? answer : Task.WhenAll(_lateAnswers, answer).Observed();

    /// <summary>The lease was granted in an answer that was no longer awaited.</summary>
    public void NoteLate(long token) => Interlocked.Exchange(ref _late, token);

    /// <summary>The token of that answer, once; null where there was none.</summary>
    public long? TakeLate() => Interlocked.Exchange(ref _late, 0) is not 0 and var token ? token : null;
}
