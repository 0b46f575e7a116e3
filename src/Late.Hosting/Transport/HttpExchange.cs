using Late.Hosting.Ownership;

namespace Late.Hosting.Transport;

/// <summary>What an attempt does with the TCP connection that HTTP opens for it: one, and a second only for credentials that were asked for.</summary>
/// <param name="opening">Ends the opening of the TCP connection.</param>
internal sealed class HttpExchange(CancellationToken opening)
{
    private Stream? _socket;
    private Stream? _top;
    private int _opened;
    private bool _isAnswered;
    private volatile bool _isOver;

    /// <summary>True where the TCP connection is that of a session, or of HTTP/2: it outlives the exchange.</summary>
    public bool IsInUse { get; set; }

    /// <summary>True where it has left nothing to HTTP.</summary>
    public bool IsClean => IsInUse && _opened == 1;

    /// <summary>Why the TCP connection broke before the answer; null where it did not, or the server ended it.</summary>
    public Exception? Failure { get; private set; }

    /// <summary>Asked before each part of a request is written; null where every one may be. TCP and TLS may have taken longer than a lease lasts.</summary>
    public IWriteGate? WriteGate { get; set; }

    /// <summary>Opens a TCP connection.</summary>
    /// <exception cref="RepeatRefusedException">There was one, and it has not been answered.</exception>
    public async ValueTask<Stream> ConnectAsync(
        Func<SocketsHttpConnectionContext, CancellationToken, ValueTask<Stream>> connect, SocketsHttpConnectionContext context, CancellationToken cancellationToken)
    {
        // A second one follows an answer only: a server that asks for credentials may close the TCP connection with it.
        if (_socket is not null && (IsInUse || !_isAnswered))
        {
            throw new RepeatRefusedException();
        }

        using var both = CancellationTokenSource.CreateLinkedTokenSource(opening, cancellationToken);
        var stream = await connect(context, both.Token).ConfigureAwait(false);
        _opened++;
        Volatile.Write(ref _socket, stream);
        if (_isOver)
        {
            stream.Dispose();
        }

        return stream;
    }

    /// <summary>HTTP has a stream for requests. Below that of a tunnel, what goes through it is neither request nor answer.</summary>
    public void OnOpened(Stream top) => (_top, _isAnswered) = (top, false);

    /// <summary>A part of a request is written.</summary>
    /// <exception cref="WriteRefusedException">It may not be.</exception>
    public void OnSending(Stream stream)
    {
        if (WriteGate is { MayWrite: false })
        {
            throw new WriteRefusedException();
        }

        _isAnswered &= stream != _top;
    }

    /// <summary>A part of an answer has come.</summary>
    public void OnAnswered(Stream stream) => _isAnswered |= stream == _top;

    /// <summary>The TCP connection broke.</summary>
    public void OnBroken(Exception exception) => Failure = exception;

    /// <summary>Closes the TCP connection, where nothing uses it.</summary>
    public void End()
    {
        _isOver = true;
        if (!IsInUse)
        {
            Volatile.Read(ref _socket)?.Dispose();
        }
    }
}
