namespace Late.Hosting.Benchmarks.Page;

/// <summary>Takes frames, and does nothing with them.</summary>
internal sealed class PageHandler : ILateHandler<int>
{
    public ValueTask<int> InitAsync(LateContext context, CancellationToken cancellationToken) => new(0);
}
