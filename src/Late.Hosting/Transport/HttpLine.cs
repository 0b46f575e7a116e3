using System.Net.Sockets;
using Late.Hosting.WebSockets;

namespace Late.Hosting.Transport;

/// <summary>
/// A handler that opens one TCP connection. <see cref="SocketsHttpHandler"/> sends a request again by itself, on up to three further TCP
/// connections, where the server ends one before its answer; and it uses one again that a refusal left open. One attempt is
/// one request (promise P10): over HTTP/1.1 each has a line to itself, over HTTP/2 those share one that have not failed.
/// </summary>
internal sealed class HttpLine : IDisposable
{
    private readonly HttpMessageInvoker _invoker;

    /// <param name="settings">The handler whose settings it has.</param>
    /// <param name="share">Wraps the TCP connection of HTTP/2; null where the line is for HTTP/1.1.</param>
    /// <param name="opening">Ends the opening of the TCP connection of HTTP/2; an attempt over HTTP/1.1 gives it to <see cref="Begin"/>.</param>
    public HttpLine(SocketsHttpHandler settings, Func<Stream, Stream>? share = null, CancellationToken opening = default)
    {
        IsOverTcp = true;
        Exchange = new HttpExchange(opening);
        var handler = HttpSettings.Copy(settings);
        handler.ConnectCallback = (context, cancellationToken) => Exchange.ConnectAsync(settings.ConnectCallback ?? ConnectAsync, context, cancellationToken);
        handler.PlaintextStreamFilter = async (context, cancellationToken) =>
        {
            var stream = settings.PlaintextStreamFilter is { } filter
                ? await filter(context, cancellationToken).ConfigureAwait(false)
                : context.PlaintextStream;
            if (share is null || context.NegotiatedHttpVersion.Major == 1)
            {
                var layer = new HttpLayerStream(stream, Exchange);
                Exchange.OnOpened(layer);
                return layer;
            }

            Exchange.IsInUse = true;
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

    /// <summary>What happens to the TCP connection.</summary>
    public HttpExchange Exchange { get; private set; } = new(CancellationToken.None);

    /// <summary>Begins the next attempt, after one that has left nothing.</summary>
    public void Begin(CancellationToken opening) => Exchange = new HttpExchange(opening);

    /// <summary>Sends a request.</summary>
    public Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken) => _invoker.SendAsync(request, cancellationToken);

    /// <summary>Accepts no more requests. The TCP connection is closed immediately, or with the last session that uses it.</summary>
    public void Dispose()
    {
        Exchange.End();
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
}
