namespace WorkerSample.Ticker;

/// <summary>The exchange answered a request with an error.</summary>
/// <param name="error">The exchange's own words.</param>
public sealed class RefusedException(string error) : Exception(error);
