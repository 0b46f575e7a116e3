namespace Late.Hosting.Tests.Connection.Calls.Load;

/// <summary>A request whose reply is its number.</summary>
internal sealed record Charge(int Number) : ILateRequest<Charge, int>;
