namespace WorkerSample.Ticker;

/// <summary>A session that has ended.</summary>
/// <param name="EndedAt">When it ended.</param>
/// <param name="Reason">Why, in one sentence and without secrets.</param>
public sealed record EndedSession(DateTimeOffset EndedAt, string Reason);
