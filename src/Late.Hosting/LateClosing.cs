namespace Late.Hosting;

/// <summary>A close of a session that the connection begins, as its handler sees it before its goodbye.</summary>
public sealed record LateClosing
{
    /// <summary>Why it closes; <c>HandleDisconnect</c> receives the same reason.</summary>
    public required LateDisconnectReason Reason { get; init; }

    /// <summary>The same in one sentence, without secrets.</summary>
    public required string Description { get; init; }

    /// <summary>
    /// The end of the goodbye, and of what <see cref="LateResult{TState}.HoldClose"/> keeps the session open for: four fifths of
    /// <see cref="LateConnectionOptions.CloseTimeout"/> from now. At a stop of the host it is four fifths of the share that
    /// <c>HostOptions.ShutdownTimeout</c> leaves for the close, where that is less; and less where a stop has waited for a callback for longer
    /// than <see cref="LateConnectionOptions.CallbackGracePeriod"/>. The rest is kept for the close handshake. A stop that begins during the
    /// goodbye, and one whose token is canceled, may cut it earlier.
    /// </summary>
    public required DateTimeOffset Until { get; init; }

    /// <summary>Whether the session had become ready.</summary>
    public required bool WasReady { get; init; }
}
