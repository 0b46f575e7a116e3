namespace Late.Hosting.Leases.Tests.Support;

/// <summary>What was asked of a store.</summary>
/// <param name="Operation">Acquire, Renew or Release.</param>
/// <param name="Name">The lease.</param>
/// <param name="Owner">The owner; empty where it is asked by a token.</param>
/// <param name="Token">The token; 0 for an acquisition.</param>
internal sealed record StoreRequest(string Operation, string Name, string Owner, long Token);
