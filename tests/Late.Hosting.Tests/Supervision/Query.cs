namespace Late.Hosting.Tests.Supervision;

/// <summary>Asks a device's handler for its serial number.</summary>
internal sealed record Query : ILateRequest<Query, string>;
