namespace Late.Hosting.Dashboard.Tests.Support;

/// <summary>Takes frames, and does nothing with them.</summary>
internal sealed class QuietHandler : ILateHandler<int>
{
    public ValueTask<int> InitAsync(LateContext context, CancellationToken cancellationToken) => new(0);
}
