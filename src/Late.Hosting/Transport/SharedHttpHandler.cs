namespace Late.Hosting.Transport;

/// <summary>
/// One handler for all connections that change nothing about it: for each of a thousand to have its own would cost more
/// memory than the rest of the connection.
/// </summary>
/// <param name="configure">Changes the handler before its first use.</param>
internal sealed class SharedHttpHandler(Action<SocketsHttpHandler>? configure = null) : IDisposable
{
    private readonly Lazy<HttpMessageInvoker> _invoker = new(() => new HttpMessageInvoker(Create(configure)));

    public HttpMessageInvoker Invoker => _invoker.Value;

    public void Dispose()
    {
        if (_invoker.IsValueCreated)
        {
            _invoker.Value.Dispose();
        }
    }

    private static SocketsHttpHandler Create(Action<SocketsHttpHandler>? configure)
    {
        var handler = new SocketsHttpHandler
        {
            // A redirect would take credentials elsewhere unseen: it is a refusal that says so.
            AllowAutoRedirect = false,
            UseCookies = false,
            EnableMultipleHttp2Connections = true,
        };
        configure?.Invoke(handler);
        HttpLayerStream.Insert(handler);
        return handler;
    }
}
