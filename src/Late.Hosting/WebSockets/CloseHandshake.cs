namespace Late.Hosting.WebSockets;

/// <summary>
/// Where the closing of a connection stands (RFC 6455 §7.1): which Close frames went by, and so who began.
/// </summary>
internal sealed class CloseHandshake
{
    /// <summary>What we sent; null until then.</summary>
    public ClosePayload? Sent { get; private set; }

    /// <summary>What the server sent; null until then.</summary>
    public ClosePayload? Received { get; private set; }

    /// <summary>True when the server's frame came before ours was sent; null while there is none.</summary>
    public bool? ServerBegan { get; private set; }

    /// <summary>§7.1.4: both frames went by, so that the connection closes cleanly.</summary>
    public bool IsComplete => Sent is not null && Received is not null;

    /// <summary>§7.1.5: the code that the connection closes with: the server's, or 1006 where it sent no Close frame.</summary>
    public int Code => Received?.Code ?? CloseCodes.Abnormal;

    /// <summary>Notes the server's Close frame.</summary>
    /// <returns>The answer that is due (§5.5.1), with the same code; null when our own frame was it.</returns>
    public ClosePayload? OnReceived(ClosePayload close)
    {
        Received ??= close;
        ServerBegan ??= true;
        return Sent is null ? Received.Value with { Reason = string.Empty } : null;
    }

    /// <summary>Notes our own Close frame; the first one counts, for there may be no other (§5.5.1).</summary>
    public void OnSent(ClosePayload close)
    {
        Sent ??= close;
        ServerBegan ??= false;
    }
}
