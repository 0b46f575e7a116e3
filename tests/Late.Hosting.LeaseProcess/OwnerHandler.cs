using System.Globalization;

namespace Late.Hosting.LeaseProcess;

/// <summary>Sends a frame every few milliseconds, as one would that trades: what must never be done by two at the same time.</summary>
internal sealed class OwnerHandler(OwnerSettings settings, ILateClient<OwnerHandler> self) : ILateHandler<long>, ILateInfoHandler<long, Beat>
{
    private readonly TimeSpan _interval = TimeSpan.FromMilliseconds(settings.Beat);

    public ValueTask<long> InitAsync(LateContext context, CancellationToken cancellationToken) => new(0L);

    public ValueTask<long> HandleConnectingAsync(LateHandshakeContext handshake, long state, CancellationToken cancellationToken)
    {
        handshake.Headers["Owner"] = settings.Name;
        handshake.Headers["Token"] = handshake.Lease!.Token.ToString(CultureInfo.InvariantCulture);
        return new(state);
    }

    public ValueTask<LateResult<long>> HandleConnectAsync(LateHandshake handshake, long state, CancellationToken cancellationToken)
    {
        self.PostAfter(_interval, new Beat());
        return LateResult.Send(state, LateFrame.Text("hello"));
    }

    public ValueTask<LateResult<long>> HandleInfoAsync(Beat message, long state, CancellationToken cancellationToken)
    {
        self.PostAfter(_interval, message);
        return LateResult.Send(state + 1, LateFrame.Text(state.ToString(CultureInfo.InvariantCulture)));
    }

    public ValueTask<LateResult<long>> HandleClosingAsync(LateClosing closing, long state, CancellationToken cancellationToken) => LateResult.Send(state, LateFrame.Text("bye"));
}
