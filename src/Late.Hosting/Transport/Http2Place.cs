namespace Late.Hosting.Transport;

/// <summary>One stream of an HTTP/2 connection, to be opened or open; disposed, another may have it.</summary>
/// <param name="line">The connection.</param>
/// <param name="isFirst">True for the attempt that opens the connection.</param>
internal sealed class Http2Place(Http2Line line, bool isFirst) : IDisposable
{
    private int _isLeft;

    public HttpLine Http => line.Http;

    /// <summary>True where another connection may be tried in the same attempt: this one had no stream left, and nothing was sent.</summary>
    /// <param name="request">What was to be sent.</param>
    /// <param name="exception">What HTTP threw.</param>
    public bool CanTryAnother(UpgradeRequest request, Exception exception) =>
        !isFirst && !request.IsSent && (exception is ObjectDisposedException || RepeatRefusedException.IsCauseOf(exception));

    /// <summary>No other attempt opens a stream until one has ended.</summary>
    public void LeaveFull()
    {
        Dispose();
        line.SetFull();
    }

    /// <summary>The attempt counts as failed: the connection takes no new stream, and keeps its sessions (promise P10).</summary>
    public void Retire() => line.Retire();

    /// <summary>The attempt has failed, and has no stream.</summary>
    public void Fail()
    {
        Retire();
        Dispose();
    }

    public void Dispose()
    {
        if (Interlocked.Exchange(ref _isLeft, 1) == 0)
        {
            line.Leave();
        }
    }
}
