using System.Net.Http.Headers;
using System.Net.Sockets;
using Late.Hosting.Configuration;
using Late.Hosting.WebSockets;

namespace Late.Hosting.Transport;

/// <summary>
/// Asks for the upgrade over a <see cref="SocketsHttpHandler"/>, which does TCP, TLS, proxy and credentials: over HTTP/1.1
/// (RFC 6455 §4), or over HTTP/2 by extended CONNECT (RFC 8441).
/// </summary>
/// <param name="connection">The connection's name.</param>
/// <param name="time">The connection's clock.</param>
/// <param name="http">Sends requests.</param>
/// <param name="cookies">The connection's cookies; null where the handler keeps them.</param>
internal sealed class HttpTransport(string connection, TimeProvider time, HttpMessageInvoker http, CookieJar? cookies) : ITransport
{
    private static readonly TimeSpan s_shortestPause = TimeSpan.FromMilliseconds(20);
    private static readonly TimeSpan s_longestPause = TimeSpan.FromSeconds(1);

    /// <summary>Makes a transport with a handler of its own where the connection changes it, else with the shared one.</summary>
    public static HttpTransport Create(string connection, TimeProvider time, SharedHttpHandler shared, IServiceProvider services, ConnectionHooks hooks)
    {
        if (hooks.HttpHandler.Count == 0)
        {
            return new HttpTransport(connection, time, shared.Invoker, new CookieJar()) { IsOverSockets = true };
        }

        var handler = SharedHttpHandler.NewHandler();
        foreach (var configure in hooks.HttpHandler)
        {
            configure(handler, services);
        }

        HttpLayerStream.Insert(handler);
        return new HttpTransport(connection, time, new HttpMessageInvoker(handler), cookies: null) { IsOverSockets = true, IsOwner = true };
    }

    /// <summary>True where requests go over a <see cref="SocketsHttpHandler"/>, and not over what a test has put in its place.</summary>
    private bool IsOverSockets { get; init; }

    /// <summary>True where nobody else uses the handler.</summary>
    private bool IsOwner { get; init; }

    public async Task<WebSocketConnection> ConnectAsync(LateHandshakeContext request, LateConnectionOptions options, CancellationToken cancellationToken)
    {
        var offer = new HandshakeOffer(
            options.HttpVersion.Major == 1 ? HandshakeRules.NewKey() : null,
            [.. request.SubProtocols],
            options.Compression switch
            {
                LateCompression.Off => null,
                LateCompression.Deflate => new DeflateParameters(),
                _ => new DeflateParameters(ServerNoContextTakeover: true, ClientNoContextTakeover: true),
            });
        HttpResponseMessage response;
        try
        {
            response = await SendAsync(request, options, offer, cancellationToken).ConfigureAwait(false);
        }
        catch (Exception exception) when (exception is not OperationCanceledException || !cancellationToken.IsCancellationRequested)
        {
            // A cancelled attempt may end with whatever the socket says of it.
            cancellationToken.ThrowIfCancellationRequested();
            throw ConnectErrors.FromTransport(connection, request.Uri!, options.HttpVersion, exception);
        }

        cookies?.Set(request.Uri!, response);
        try
        {
            return await OpenAsync(request, options, offer, response, cancellationToken).ConfigureAwait(false);
        }
        catch
        {
            response.Dispose();
            throw;
        }
    }

    public void Dispose()
    {
        if (IsOwner)
        {
            http.Dispose();
        }
    }

    private async Task<HttpResponseMessage> SendAsync(
        LateHandshakeContext request, LateConnectionOptions options, HandshakeOffer offer, CancellationToken cancellationToken)
    {
        for (var pause = s_shortestPause; ; pause = pause < s_longestPause ? 2 * pause : s_longestPause)
        {
            using var message = CreateRequest(request, options, offer);
            if (cookies?.Get(request.Uri!) is { } cookie)
            {
                message.Headers.TryAddWithoutValidation("Cookie", cookie);
            }

            try
            {
                return await http.SendAsync(message, cancellationToken).ConfigureAwait(false);
            }
            catch (HttpRequestException exception) when (offer.Key is null && IsOverSockets && HasFoundNoStream(exception))
            {
                await Task.Delay(pause * (0.5 + (0.5 * Random.Shared.NextDouble())), time, cancellationToken).ConfigureAwait(false);
            }
        }
    }

    // Until a server has said how many streams it takes, HTTP/2 counts on a hundred. Where it takes fewer, the others are tried
    // on further connections, a few times, and then fail without having been sent.
    private static bool HasFoundNoStream(HttpRequestException exception) =>
        exception is { HttpRequestError: HttpRequestError.Unknown, StatusCode: null, InnerException: null };

    private async Task<WebSocketConnection> OpenAsync(
        LateHandshakeContext request, LateConnectionOptions options, HandshakeOffer offer, HttpResponseMessage response, CancellationToken cancellationToken)
    {
        var outcome = HandshakeRules.Check(offer, AnswerOf(response));
        if (outcome.Error is { } error)
        {
            throw await ConnectErrors.FromResponseAsync(connection, request.Uri!, error, response, cancellationToken).ConfigureAwait(false);
        }

        byte[] early = [];
        var stream = await response.Content.ReadAsStreamAsync(cancellationToken).ConfigureAwait(false);
        if (IsOverSockets && offer.Key is null)
        {
            stream = new Http2Stream(stream);
        }
        else if (IsOverSockets)
        {
            stream = HttpLayerStream.Leave(stream, out early);
            await ReleaseSentBufferAsync(stream).ConfigureAwait(false);
        }

        return new FramedConnection(
            stream,
            early,
            new LateHandshake(response.StatusCode, ConnectErrors.HeadersOf(response), outcome.SubProtocol),
            new FrameReader(options.MaxMessageBytes, inflater: outcome.Deflate is null ? null : new Inflater()),
            new FrameWriter(outcome.Deflate is { } deflate ? new Deflater(!deflate.ClientNoContextTakeover, deflate.ClientMaxWindowBits) : null),
            time);
    }

    private static async ValueTask ReleaseSentBufferAsync(Stream stream)
    {
        if (stream is not NetworkStream)
        {
            return;
        }

        try
        {
            // The socket remembers the last buffer that it sent: after nothing, HTTP's 4 KiB are free.
            await stream.WriteAsync(ReadOnlyMemory<byte>.Empty).ConfigureAwait(false);
        }
        catch (IOException)
        {
            // The server broke the connection behind its answer: the first read says so.
        }
    }

    private static HttpRequestMessage CreateRequest(LateHandshakeContext request, LateConnectionOptions options, HandshakeOffer offer)
    {
        var message = new HttpRequestMessage(offer.Key is null ? HttpMethod.Connect : HttpMethod.Get, request.Uri)
        {
            Version = options.HttpVersion,
            VersionPolicy = HttpVersionPolicy.RequestVersionExact,
        };
        foreach (var (name, value) in request.Headers)
        {
            message.Headers.TryAddWithoutValidation(name, value);
        }

        if (offer.Key is null)
        {
            // RFC 8441 §4.
            message.Headers.Protocol = "websocket";
        }
        else
        {
            message.Headers.TryAddWithoutValidation("Connection", "Upgrade");
            message.Headers.TryAddWithoutValidation("Upgrade", "websocket");
            message.Headers.TryAddWithoutValidation("Sec-WebSocket-Key", offer.Key);
        }

        message.Headers.TryAddWithoutValidation("Sec-WebSocket-Version", HandshakeRules.Version);
        if (offer.SubProtocols.Count > 0)
        {
            message.Headers.TryAddWithoutValidation("Sec-WebSocket-Protocol", string.Join(", ", offer.SubProtocols));
        }

        if (offer.Deflate is { } deflate)
        {
            message.Headers.TryAddWithoutValidation("Sec-WebSocket-Extensions", deflate.ToOffer());
        }

        return message;
    }

    private static HandshakeAnswer AnswerOf(HttpResponseMessage response) => new((int)response.StatusCode)
    {
        Upgrade = Values(response.Headers, "Upgrade"),
        Connection = Values(response.Headers, "Connection"),
        Accept = Values(response.Headers, "Sec-WebSocket-Accept"),
        SubProtocol = Values(response.Headers, "Sec-WebSocket-Protocol"),
        Extensions = Values(response.Headers, "Sec-WebSocket-Extensions"),
    };

    private static string[] Values(HttpResponseHeaders headers, string name) =>
        headers.NonValidated.TryGetValues(name, out var values) ? [.. values] : [];
}
