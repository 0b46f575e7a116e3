namespace Late.Hosting.Tests.Supervision;

/// <summary>What a device's handler is given when its connection is started.</summary>
internal sealed record Device(string Serial);
