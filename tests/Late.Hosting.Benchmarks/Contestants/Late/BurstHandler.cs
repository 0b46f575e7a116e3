namespace Late.Hosting.Benchmarks.Contestants.Late;

/// <summary>Sends a burst for each message, and posts the next one to itself.</summary>
internal sealed class BurstHandler(ILateClient<BurstHandler> client) : ILateHandler<int>, ILateInfoHandler<int, Burst>
{
    public ValueTask<int> InitAsync(LateContext context, CancellationToken cancellationToken) => new(0);

    public async ValueTask<LateResult<int>> HandleInfoAsync(Burst message, int state, CancellationToken cancellationToken)
    {
        if (!message.IsStopped)
        {
            await client.PostAsync(message, cancellationToken);
        }

        return LateResult.Send(state, message.Frames);
    }
}
