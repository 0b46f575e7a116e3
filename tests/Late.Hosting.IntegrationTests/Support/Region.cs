namespace Late.Hosting.IntegrationTests.Support;

/// <summary>Asks a <see cref="RegionHandler"/> for its connection's name.</summary>
public sealed record Region : ILateRequest<Region, string>;
