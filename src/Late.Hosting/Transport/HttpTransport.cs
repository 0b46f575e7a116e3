using System.Net.Http.Headers;
using Late.Hosting.Configuration;
using Late.Hosting.WebSockets;

namespace Late.Hosting.Transport;

/// <summary>
/// Asks for the upgrade over one <see cref="SocketsHttpHandler"/>, which does TCP, TLS, proxy, credentials and cookies:
/// over HTTP/1.1 (RFC 6455 §4), or over HTTP/2 by extended CONNECT (RFC 8441).
/// </summary>
internal sealed class HttpTransport : ITransport
{
    private readonly string _connection;
    private readonly TimeProvider _time;
    private readonly HttpMessageInvoker _invoker;

    public HttpTransport(string connection, TimeProvider time, IServiceProvider services, ConnectionHooks hooks)
        : this(connection, time, CreateHandler(services, hooks))
    {
    }

    /// <summary>Asks over a handler of somebody else's: a test's, which answers without a network.</summary>
    public HttpTransport(string connection, TimeProvider time, HttpMessageHandler handler)
    {
        (_connection, _time) = (connection, time);
        _invoker = new HttpMessageInvoker(handler, disposeHandler: true);
    }

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
        using var message = CreateRequest(request, options, offer);
        HttpResponseMessage response;
        try
        {
            response = await _invoker.SendAsync(message, cancellationToken).ConfigureAwait(false);
        }
        catch (Exception exception) when (exception is not OperationCanceledException || !cancellationToken.IsCancellationRequested)
        {
            // A cancelled attempt may end with whatever the socket says of it.
            cancellationToken.ThrowIfCancellationRequested();
            throw ConnectErrors.FromTransport(_connection, request.Uri!, options.HttpVersion, exception);
        }

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

    public void Dispose() => _invoker.Dispose();

    private static SocketsHttpHandler CreateHandler(IServiceProvider services, ConnectionHooks hooks)
    {
        // A redirect would take credentials elsewhere unseen: it is a refusal that says so.
        var handler = new SocketsHttpHandler { AllowAutoRedirect = false };
        foreach (var configure in hooks.HttpHandler)
        {
            configure(handler, services);
        }

        return handler;
    }

    private async Task<WebSocketConnection> OpenAsync(
        LateHandshakeContext request, LateConnectionOptions options, HandshakeOffer offer, HttpResponseMessage response, CancellationToken cancellationToken)
    {
        var outcome = HandshakeRules.Check(offer, AnswerOf(response));
        if (outcome.Error is { } error)
        {
            throw await ConnectErrors.FromResponseAsync(_connection, request.Uri!, error, response, cancellationToken).ConfigureAwait(false);
        }

        var stream = await response.Content.ReadAsStreamAsync(cancellationToken).ConfigureAwait(false);
        return new FramedConnection(
            stream,
            new LateHandshake(response.StatusCode, ConnectErrors.HeadersOf(response), outcome.SubProtocol),
            new FrameReader(options.MaxMessageBytes, inflater: outcome.Deflate is null ? null : new Inflater()),
            new FrameWriter(outcome.Deflate is { } deflate ? new Deflater(contextTakeover: !deflate.ClientNoContextTakeover) : null),
            _time);
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
