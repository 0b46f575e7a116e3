namespace Late.Hosting.Transport;

/// <summary>
/// One handler for all connections that change nothing about it: for each of a thousand to have its own would cost more
/// memory than the rest of the connection.
/// </summary>
/// <param name="configure">Changes the handler before its first use.</param>
internal sealed class SharedHttpHandler(Action<SocketsHttpHandler>? configure = null) : IDisposable
{
    private static readonly TimeSpan s_keepAlive = TimeSpan.FromSeconds(20);

    private readonly Lazy<HttpMessageInvoker> _invoker = new(() => new HttpMessageInvoker(Create(configure)));

    public HttpMessageInvoker Invoker => _invoker.Value;

    public void Dispose()
    {
        if (_invoker.IsValueCreated)
        {
            _invoker.Value.Dispose();
        }
    }

    /// <summary>Makes a handler with the settings that all begin with.</summary>
    public static SocketsHttpHandler NewHandler() => new()
    {
        // A redirect would take credentials elsewhere unseen: it is a refusal that says so.
        AllowAutoRedirect = false,
        EnableMultipleHttp2Connections = true,

        // Sessions notice that a TCP connection is dead, and leave it; without this their next attempts would be made on it.
        KeepAlivePingDelay = s_keepAlive,
        KeepAlivePingTimeout = s_keepAlive,
    };

    private static SocketsHttpHandler Create(Action<SocketsHttpHandler>? configure)
    {
        var handler = NewHandler();
        handler.UseCookies = false;
        configure?.Invoke(handler);
        HttpLayerStream.Insert(handler);
        return handler;
    }
}
