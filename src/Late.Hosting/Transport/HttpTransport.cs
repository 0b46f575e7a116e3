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
/// <param name="http">Opens the HTTP connections.</param>
internal sealed class HttpTransport(string connection, TimeProvider time, HttpConnections http) : ITransport
{
    private readonly CookieJar? _cookies = http.KeepsCookies ? null : new CookieJar();

    /// <summary>Makes a transport with HTTP connections of its own where the connection changes their settings, else with the shared ones.</summary>
    public static HttpTransport Create(string connection, TimeProvider time, HttpConnections shared, IServiceProvider services, ConnectionHooks hooks) =>
        hooks.HttpHandler.Count == 0
            ? new HttpTransport(connection, time, shared)
            : new HttpTransport(connection, time, new HttpConnections(handler => hooks.HttpHandler.ForEach(configure => configure(handler, services)), keepsCookies: true))
            {
                IsOwner = true,
            };

    /// <summary>True where the HTTP connections are not shared.</summary>
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
        var connections = request.IsForeignOrigin ? http.WithoutCredentials : http;
        try
        {
            return offer.Key is null && http.Substitute is null
                ? await ConnectSharedAsync(connections, request, options, offer, cancellationToken).ConfigureAwait(false)
                : await ConnectAloneAsync(connections, request, options, offer, cancellationToken).ConfigureAwait(false);
        }
        catch (Exception exception) when (exception is not LateConnectException && (exception is not OperationCanceledException || !cancellationToken.IsCancellationRequested))
        {
            // A canceled attempt may end with any exception of the socket.
            cancellationToken.ThrowIfCancellationRequested();
            throw ConnectErrors.FromTransport(connection, request.Uri!, options.HttpVersion, exception);
        }
    }

    public void Dispose()
    {
        if (IsOwner)
        {
            http.Dispose();
        }
    }

    private async Task<WebSocketConnection> ConnectAloneAsync(
        HttpConnections connections, LateHandshakeContext request, LateConnectionOptions options, HandshakeOffer offer, CancellationToken cancellationToken)
    {
        var line = connections.Open(cancellationToken);
        line.Exchange.WriteGate = request.WriteGate;
        HttpResponseMessage? response = null;
        Stream? stream = null;
        try
        {
            using var message = CreateRequest(request, options, offer);
            response = await SendAsync(line, message, request.IsForeignOrigin ? null : _cookies, cancellationToken).ConfigureAwait(false);
            var outcome = await CheckAsync(request, offer, response, cancellationToken).ConfigureAwait(false);
            stream = await response.Content.ReadAsStreamAsync(cancellationToken).ConfigureAwait(false);
            byte[] early = [];
            if (line.IsOverTcp)
            {
                stream = HttpLayerStream.Leave(stream, out early);
                line.Exchange.IsInUse = true;
                await ReleaseSentBufferAsync(stream).ConfigureAwait(false);
            }

            return Open(stream, early, options, outcome, response);
        }
        catch
        {
            stream?.Dispose();
            response?.Dispose();
            throw;
        }
        finally
        {
            connections.Close(line);
        }
    }

    private async Task<WebSocketConnection> ConnectSharedAsync(
        HttpConnections connections, LateHandshakeContext request, LateConnectionOptions options, HandshakeOffer offer, CancellationToken cancellationToken)
    {
        while (true)
        {
            var place = await connections.RentAsync(request.Uri!, cancellationToken).ConfigureAwait(false);
            using var message = CreateRequest(request, options, offer);
            HttpResponseMessage? response = null;
            try
            {
                response = await SendAsync(place.Http, message, request.IsForeignOrigin ? null : _cookies, cancellationToken).ConfigureAwait(false);
                var outcome = await CheckAsync(request, offer, response, cancellationToken).ConfigureAwait(false);
                var stream = await response.Content.ReadAsStreamAsync(cancellationToken).ConfigureAwait(false);
                return Open(new Http2Stream(stream, place), [], options, outcome, response);
            }
            catch (Exception exception) when (place.CanTryAnother(message, exception))
            {
                place.LeaveFull();
            }
            catch
            {
                response?.Dispose();
                place.Fail();
                throw;
            }
        }
    }

    private static async Task<HttpResponseMessage> SendAsync(HttpLine line, UpgradeRequest message, CookieJar? cookies, CancellationToken cancellationToken)
    {
        if (cookies?.Get(message.RequestUri!) is { } cookie)
        {
            message.Headers.TryAddWithoutValidation("Cookie", cookie);
        }

        try
        {
            var response = await line.SendAsync(message, cancellationToken).ConfigureAwait(false);
            cookies?.Set(message.RequestUri!, response);
            return response;
        }
        catch (HttpRequestException exception) when (RepeatRefusedException.IsCauseOf(exception) || IsBroken(exception))
        {
            throw new HttpRequestException(HttpRequestError.ResponseEnded, "The request ended without an answer.", line.Exchange.Failure ?? exception);
        }
    }

    // A reset has no name of its own among the errors of HTTP.
    private static bool IsBroken(HttpRequestException exception) =>
        exception is { HttpRequestError: HttpRequestError.Unknown, InnerException: IOException { InnerException: SocketException } };

    private async Task<HandshakeOutcome> CheckAsync(LateHandshakeContext request, HandshakeOffer offer, HttpResponseMessage response, CancellationToken cancellationToken)
    {
        var outcome = HandshakeRules.Check(offer, AnswerOf(response));
        return outcome.Error is { } error
            ? throw await ConnectErrors.FromResponseAsync(connection, request.Uri!, error, response, time, offer.Deflate is not null, cancellationToken).ConfigureAwait(false)
            : outcome;
    }

    private FramedConnection Open(Stream stream, byte[] early, LateConnectionOptions options, HandshakeOutcome outcome, HttpResponseMessage response) => new(
        stream,
        new LateHandshake(response.StatusCode, ConnectErrors.HeadersOf(response), outcome.SubProtocol),
        new FrameReader(options.MaxMessageBytes, inflater: outcome.Deflate is { ServerNoContextTakeover: var isAlone } ? new Inflater(!isAlone) : null),
        new FrameWriter(outcome.Deflate is { } deflate ? new Deflater(!deflate.ClientNoContextTakeover, deflate.ClientMaxWindowBits) : null),
        time)
    {
        Early = early,
    };

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
            // The server broke the connection behind its answer: the first read reports it.
        }
    }

    private static UpgradeRequest CreateRequest(LateHandshakeContext request, LateConnectionOptions options, HandshakeOffer offer)
    {
        var message = new UpgradeRequest(offer.Key is null ? HttpMethod.Connect : HttpMethod.Get, request.Uri!)
        {
            Version = options.HttpVersion,
            VersionPolicy = HttpVersionPolicy.RequestVersionExact,
            WriteGate = request.WriteGate,
        };
        foreach (var (name, values) in request.Headers)
        {
            message.Headers.TryAddWithoutValidation(name, (IEnumerable<string?>)values);
        }

        if (!message.Headers.Contains("Authorization") && (BasicCredentials.Of(request.Uri!) ?? BasicCredentials.Of(request.UserInfoOf)) is { } credentials)
        {
            message.Headers.TryAddWithoutValidation("Authorization", credentials);
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

        message.Headers.TryAddWithoutValidation(HandshakeRules.VersionField, HandshakeRules.Version);
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
