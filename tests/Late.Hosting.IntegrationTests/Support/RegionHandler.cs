namespace Late.Hosting.IntegrationTests.Support;

/// <summary>A handler that several connections have, each with its own: it sends its connection's name.</summary>
public sealed class RegionHandler(ILateClient<RegionHandler> client, RegionLog log) : ILateHandler<string>, ILateCallHandler<string, Region, string>, IAsyncDisposable
{
    public ValueTask<string> InitAsync(LateContext context, CancellationToken cancellationToken)
    {
        log.Add($"{context.Name}: made with the client of {client.Name}");
        return new(context.Name);
    }

    public ValueTask<LateResult<string>> HandleConnectAsync(LateHandshake handshake, string state, CancellationToken cancellationToken) =>
        LateResult.Send(state, LateFrame.Text($"hello from {state}"));

    public ValueTask<LateResult<string>> HandleCallAsync(Region request, LateCall<string> call, string state, CancellationToken cancellationToken)
    {
        call.Reply(state);
        return LateResult.Ok(state);
    }

    public ValueTask HandleTerminateAsync(LateTerminateReason reason, string state, CancellationToken cancellationToken)
    {
        log.Add($"{state}: terminated");
        return default;
    }

    public ValueTask DisposeAsync()
    {
        log.Add($"{client.Name}: disposed");
        return default;
    }
}
