namespace WorkerSample.Ticker;

/// <summary>The reply to <see cref="Subscribe"/>.</summary>
/// <param name="Symbol">The symbol.</param>
/// <param name="IsNew">False where its prices were coming already.</param>
public sealed record Subscription(string Symbol, bool IsNew);
