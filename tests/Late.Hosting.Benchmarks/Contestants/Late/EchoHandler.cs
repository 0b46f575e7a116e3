namespace Late.Hosting.Benchmarks.Contestants.Late;

/// <summary>Counts what comes, together with all others.</summary>
internal sealed class EchoHandler(EchoCount echoes) : ILateHandler<int>
{
    public ValueTask<int> InitAsync(LateContext context, CancellationToken cancellationToken) => new(0);

    public ValueTask<LateResult<int>> HandleInAsync(LateFrame frame, int state, CancellationToken cancellationToken)
    {
        echoes.Add();
        return LateResult.Ok(state + 1);
    }
}
