using System.Net.WebSockets;
using Late.Hosting.Configuration;

namespace Late.Hosting.Transport;

/// <summary>Opens WebSockets with <see cref="ClientWebSocket"/> over one <see cref="SocketsHttpHandler"/>.</summary>
internal sealed class ClientWebSocketTransport : ITransport
{
    private readonly string _name;
    private readonly HttpMessageInvoker _invoker;

    public ClientWebSocketTransport(string name, IServiceProvider services, ConnectionHooks hooks)
    {
        _name = name;
        var handler = new SocketsHttpHandler();
        foreach (var configure in hooks.HttpHandler)
        {
            configure(handler, services);
        }

        _invoker = new HttpMessageInvoker(handler, disposeHandler: true);
    }

    public async Task<WebSocketConnection> ConnectAsync(LateHandshakeContext request, LateConnectionOptions options, CancellationToken cancellationToken)
    {
        var socket = new ClientWebSocket();
        try
        {
            Configure(socket.Options, request, options);
            await socket.ConnectAsync(request.Uri!, _invoker, cancellationToken).ConfigureAwait(false);
            return new ClientWebSocketConnection(socket, options);
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            socket.Dispose();
            throw;
        }
        catch (Exception exception)
        {
            var error = ConnectErrors.From(_name, request.Uri!, exception, socket.HttpStatusCode, socket.HttpResponseHeaders);
            socket.Dispose();
            throw error;
        }
    }

    public void Dispose() => _invoker.Dispose();

    private static void Configure(ClientWebSocketOptions socket, LateHandshakeContext request, LateConnectionOptions options)
    {
        socket.CollectHttpResponseDetails = true;
        socket.KeepAliveInterval = options.KeepAliveInterval;
        socket.KeepAliveTimeout = options.KeepAliveTimeout;
        foreach (var (name, value) in request.Headers)
        {
            socket.SetRequestHeader(name, value);
        }

        foreach (var subProtocol in request.SubProtocols)
        {
            socket.AddSubProtocol(subProtocol);
        }

        if (options.Compression != LateCompression.Off)
        {
            socket.DangerousDeflateOptions = new WebSocketDeflateOptions
            {
                ClientContextTakeover = options.Compression == LateCompression.Deflate,
                ServerContextTakeover = options.Compression == LateCompression.Deflate,
            };
        }
    }
}
