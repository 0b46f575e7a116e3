namespace Late.Hosting.Benchmarks.Restart;

/// <summary>Does nothing: a connection that is open is ready.</summary>
internal sealed class RestartHandler : ILateHandler<int>
{
    public ValueTask<int> InitAsync(LateContext context, CancellationToken cancellationToken) => new(0);
}
