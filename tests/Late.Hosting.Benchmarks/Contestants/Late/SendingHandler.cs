namespace Late.Hosting.Benchmarks.Contestants.Late;

/// <summary>Sends one frame for each message.</summary>
internal sealed class SendingHandler : ILateHandler<int>, ILateInfoHandler<int, SendOne>
{
    public ValueTask<int> InitAsync(LateContext context, CancellationToken cancellationToken) => new(0);

    public ValueTask<LateResult<int>> HandleInfoAsync(SendOne message, int state, CancellationToken cancellationToken) =>
        LateResult.Send(state, message.Frame);
}
