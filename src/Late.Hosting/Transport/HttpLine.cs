using System.Net.Sockets;
using Late.Hosting.WebSockets;

namespace Late.Hosting.Transport;

/// <summary>
/// A handler that opens one TCP connection. <see cref="SocketsHttpHandler"/> sends a request again by itself, on up to three further TCP
/// connections, where the server ends one before its answer; and it uses one again that a refusal left open. One attempt is
/// one request (promise P10): over HTTP/1.1 each has a line of its own, over HTTP/2 those share one that have not failed.
/// </summary>
internal sealed class HttpLine : IDisposable
{
    private readonly HttpMessageInvoker _invoker;
    private readonly CancellationToken _opening;
    private Stream? _socket;
    private bool _isAnswered;
    private volatile bool _isDisposed;

    /// <param name="settings">The handler whose settings it has.</param>
    /// <param name="opening">Ends the opening of the TCP connection.</param>
    /// <param name="share">Wraps the TCP connection of HTTP/2; null where the line is for HTTP/1.1.</param>
    public HttpLine(SocketsHttpHandler settings, CancellationToken opening, Func<Stream, Stream>? share = null)
    {
        _opening = opening;
        IsOverTcp = true;
        var handler = HttpSettings.Copy(settings);
        handler.ConnectCallback = (context, cancellationToken) => ConnectAsync(settings.ConnectCallback ?? ConnectAsync, context, cancellationToken);
        handler.PlaintextStreamFilter = async (context, cancellationToken) =>
        {
            var stream = settings.PlaintextStreamFilter is { } filter
                ? await filter(context, cancellationToken).ConfigureAwait(false)
                : context.PlaintextStream;
            if (share is null || context.NegotiatedHttpVersion.Major == 1)
            {
                return new HttpLayerStream(stream, this);
            }

            IsInUse = true;
            return share(stream);
        };
        if (share is null)
        {
            // Pings are for HTTP/2: without them there is no timer.
            handler.KeepAlivePingDelay = Timeout.InfiniteTimeSpan;
        }
        else
        {
            // With one alone it would let requests wait that find no free stream; a second is refused here.
            handler.EnableMultipleHttp2Connections = true;
            handler.RequestHeaderEncodingSelector = (name, request) =>
            {
                if (name == HandshakeRules.VersionField && request is UpgradeRequest upgrade)
                {
                    upgrade.OnWriting();
                }

                return settings.RequestHeaderEncodingSelector?.Invoke(name, request);
            };
        }

        _invoker = new HttpMessageInvoker(handler);
    }

    /// <param name="substitute">Answers in place of a server; it is not disposed.</param>
    public HttpLine(HttpMessageHandler substitute) => _invoker = new HttpMessageInvoker(substitute, disposeHandler: false);

    /// <summary>False where something answers in place of a server.</summary>
    public bool IsOverTcp { get; }

    /// <summary>True where the TCP connection is that of a session, or of HTTP/2.</summary>
    public bool IsInUse { get; private set; }

    /// <summary>Why the TCP connection broke before the answer; null where it did not, or the server ended it.</summary>
    public Exception? Failure { get; private set; }

    /// <summary>Sends a request.</summary>
    public Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken) => _invoker.SendAsync(request, cancellationToken);

    /// <summary>The answer was the upgrade: the TCP connection outlives the line.</summary>
    public void SetUpgraded() => IsInUse = true;

    /// <summary>A part of a request has been written.</summary>
    public void OnSent() => _isAnswered = false;

    /// <summary>A part of an answer has come.</summary>
    public void OnAnswered() => _isAnswered = true;

    /// <summary>The TCP connection broke.</summary>
    public void OnBroken(Exception exception) => Failure = exception;

    /// <summary>Takes no request any more. The TCP connection is closed at once, or with the last session that uses it.</summary>
    public void Dispose()
    {
        _isDisposed = true;
        if (!IsInUse)
        {
            Volatile.Read(ref _socket)?.Dispose();
        }

        _invoker.Dispose();
    }

    // As the handler does it without a callback; the name is resolved each time.
    private static async ValueTask<Stream> ConnectAsync(SocketsHttpConnectionContext context, CancellationToken cancellationToken)
    {
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        try
        {
            await socket.ConnectAsync(context.DnsEndPoint, cancellationToken).ConfigureAwait(false);
            return new NetworkStream(socket, ownsSocket: true);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    private async ValueTask<Stream> ConnectAsync(
        Func<SocketsHttpConnectionContext, CancellationToken, ValueTask<Stream>> connect, SocketsHttpConnectionContext context, CancellationToken cancellationToken)
    {
        // A second one follows an answer only: who asks for credentials may end the TCP connection with that.
        if (_socket is not null && (IsInUse || !_isAnswered))
        {
            throw new RepeatRefusedException();
        }

        using var both = CancellationTokenSource.CreateLinkedTokenSource(_opening, cancellationToken);
        var stream = await connect(context, both.Token).ConfigureAwait(false);
        Volatile.Write(ref _socket, stream);
        if (_isDisposed)
        {
            stream.Dispose();
        }

        return stream;
    }
}
