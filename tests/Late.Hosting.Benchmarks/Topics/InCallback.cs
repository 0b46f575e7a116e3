namespace Late.Hosting.Benchmarks.Topics;

/// <summary>Has the handler run something in a callback, as what publishes does.</summary>
internal sealed record InCallback(Action Work) : ILateRequest<InCallback, bool>;
