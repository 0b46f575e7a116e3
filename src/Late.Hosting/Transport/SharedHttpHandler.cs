namespace Late.Hosting.Transport;

/// <summary>
/// One handler for all connections that change nothing about it: for each of a thousand to have its own would cost more
/// memory than the rest of the connection.
/// </summary>
internal sealed class SharedHttpHandler : IDisposable
{
    private readonly Lazy<HttpMessageInvoker> _invoker = new(() => new HttpMessageInvoker(Create()));

    public HttpMessageInvoker Invoker => _invoker.Value;

    public void Dispose()
    {
        if (_invoker.IsValueCreated)
        {
            _invoker.Value.Dispose();
        }
    }

    private static SocketsHttpHandler Create()
    {
        var handler = new SocketsHttpHandler
        {
            // A redirect would take credentials elsewhere unseen: it is a refusal that says so.
            AllowAutoRedirect = false,
            UseCookies = false,
            EnableMultipleHttp2Connections = true,
        };
        HttpLayerStream.Insert(handler);
        return handler;
    }
}
