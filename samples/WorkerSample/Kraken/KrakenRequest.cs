namespace WorkerSample.Kraken;

/// <summary>What a client sends: <c>subscribe</c>, <c>unsubscribe</c> or <c>ping</c>.</summary>
/// <param name="Method">The method.</param>
/// <param name="Params">What to subscribe to; none for a ping.</param>
/// <param name="ReqId">Comes back in the answer.</param>
public sealed record KrakenRequest(string Method, KrakenParams? Params = null, int? ReqId = null);
