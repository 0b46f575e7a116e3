using Late.Hosting;

namespace WorkerSample.Ticker;

/// <summary>Asks for no more prices of a symbol. The reply is false where there was no subscription.</summary>
public sealed record Unsubscribe(string Symbol) : ILateRequest<Unsubscribe, bool>;
