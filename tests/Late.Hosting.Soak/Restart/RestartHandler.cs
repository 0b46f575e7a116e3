namespace Late.Hosting.Soak.Restart;

/// <summary>Counts the sessions of all clients.</summary>
internal sealed class RestartHandler(Arrivals arrivals) : ILateHandler<int>
{
    public ValueTask<int> InitAsync(LateContext context, CancellationToken cancellationToken) => new(0);

    public ValueTask<LateResult<int>> HandleConnectAsync(LateHandshake handshake, int state, CancellationToken cancellationToken)
    {
        arrivals.AddSession();
        return LateResult.Ok(state);
    }
}
