namespace Late.Hosting.Benchmarks.Contestants.Late;

/// <summary>Asks the handler to send a frame.</summary>
internal sealed record SendOne(LateFrame Frame);
