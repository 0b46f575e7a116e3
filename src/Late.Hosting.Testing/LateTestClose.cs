namespace Late.Hosting.Testing;

/// <summary>A close frame that the connection has sent (RFC 6455 §5.5.1).</summary>
/// <param name="Code">Its code; null where the frame has none.</param>
/// <param name="Reason">Its reason; empty where the frame has none.</param>
public sealed record LateTestClose(int? Code, string Reason);
