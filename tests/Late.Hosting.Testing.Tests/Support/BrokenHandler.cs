namespace Late.Hosting.Testing.Tests.Support;

/// <summary>Throws where it begins.</summary>
public sealed class BrokenHandler : ILateHandler<int>
{
    public bool BreaksInit { get; init; }

    public ValueTask<int> InitAsync(LateContext context, CancellationToken cancellationToken) =>
        BreaksInit ? throw new FormatException("init") : new(0);

    public ValueTask<LateResult<int>> HandleConnectAsync(LateHandshake handshake, int state, CancellationToken cancellationToken) =>
        throw new FormatException("connect");
}
