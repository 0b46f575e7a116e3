using Late.Hosting;

namespace WorkerSample.Ticker;

/// <summary>Asks for the prices of a symbol, like <c>BTC/USD</c>.</summary>
public sealed record Subscribe(string Symbol) : ILateRequest<Subscribe, Subscription>;
