namespace Late.Hosting.Benchmarks.Contestants.Late;

/// <summary>Asks the server something; the reply is the length of the answer.</summary>
internal sealed record Echo(LateFrame Frame) : ILateRequest<Echo, int>;
