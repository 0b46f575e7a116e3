namespace Late.Hosting.Leases.Tests.Support;

/// <summary>The numbers that a server sends.</summary>
internal sealed record Numbers : ILateTopic<Numbers, int>;
