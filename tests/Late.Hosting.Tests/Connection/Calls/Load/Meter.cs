namespace Late.Hosting.Tests.Connection.Calls.Load;

/// <summary>Another request whose reply is its number.</summary>
internal sealed record Meter(int Number) : ILateRequest<Meter, int>;
