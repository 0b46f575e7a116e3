namespace Late.Hosting.LeaseProcess;

/// <summary>The next frame is due.</summary>
internal sealed record Beat;
