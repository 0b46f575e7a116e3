namespace Late.Hosting.Dashboard.Tests.Support;

/// <summary>Fails with a message of its own at every frame.</summary>
internal sealed class ThrowingHandler(string message) : ILateHandler<int>
{
    public ValueTask<int> InitAsync(LateContext context, CancellationToken cancellationToken) => new(0);

    public ValueTask<LateResult<int>> HandleInAsync(LateFrame frame, int state, CancellationToken cancellationToken) => throw new InvalidOperationException(message);
}
