namespace Late.Hosting.Transport;

/// <summary>
/// Opens the HTTP connections of all Late connections that have the same settings of HTTP. The settings are those of a handler that
/// sends nothing itself: each TCP connection belongs to a copy of it (see <see cref="HttpLine"/>).
/// </summary>
internal sealed class HttpConnections : IDisposable
{
    private static readonly TimeSpan s_keepAlive = TimeSpan.FromSeconds(20);

    private readonly Http2Lines _http2 = new();
    private readonly Lazy<SocketsHttpHandler> _settings;
    private readonly Lazy<HttpConnections>? _withoutCredentials;
    private readonly IdleLines _idle;

    /// <param name="configure">Changes the settings, before their first use; null for the default ones, which have no credentials.</param>
    /// <param name="keepsCookies">True where the handler keeps the cookies; by default each Late connection keeps its own.</param>
    public HttpConnections(Action<SocketsHttpHandler>? configure = null, bool keepsCookies = false)
    {
        var isDefault = configure is null && !keepsCookies;

        // One that could not be made is made by the next attempt: the delegate may have read what was not there yet.
        _settings = new(() => Create(configure, keepsCookies), LazyThreadSafetyMode.PublicationOnly);
        _idle = isDefault ? IdleLines.Default : new IdleLines();
        _withoutCredentials = isDefault ? null : new(() => new HttpConnections(_settings));
        KeepsCookies = keepsCookies;
    }

    private HttpConnections(Lazy<SocketsHttpHandler> others) =>
        (_settings, _idle) = (new(() => HttpSettings.CopyWithoutCredentials(others.Value), LazyThreadSafetyMode.PublicationOnly), new IdleLines());

    /// <summary>True where the handler keeps the cookies.</summary>
    public bool KeepsCookies { get; }

    /// <summary>The same without what identifies the client to a server: no cookies, credentials and client certificates. Those of a proxy stay.</summary>
    public HttpConnections WithoutCredentials => _withoutCredentials?.Value ?? this;

    /// <summary>Answers requests in place of servers; null where they go over TCP.</summary>
    public HttpMessageHandler? Substitute { get; init; }

    /// <summary>A connection for one attempt, to be closed by <see cref="Close"/>.</summary>
    /// <param name="cancellationToken">Ends its opening.</param>
    public HttpLine Open(CancellationToken cancellationToken)
    {
        if (Substitute is not null)
        {
            return new HttpLine(Substitute);
        }

        var line = _idle.Take() ?? new HttpLine(_settings.Value);
        line.Begin(cancellationToken);
        return line;
    }

    /// <summary>The attempt is over. A handler whose TCP connection has become a session's has none any more: another attempt may have it.</summary>
    public void Close(HttpLine line)
    {
        if (line.Exchange.IsClean)
        {
            // What it knows of the session's TCP connection goes with the session.
            line.Begin(CancellationToken.None);
            _idle.Return(line);
        }
        else
        {
            line.Dispose();
        }
    }

    /// <summary>A place on an HTTP/2 connection that others share.</summary>
    /// <param name="uri">Where it leads.</param>
    /// <param name="cancellationToken">Ends the wait, and the opening.</param>
    public ValueTask<Http2Place> RentAsync(Uri uri, CancellationToken cancellationToken) => _http2.RentAsync(uri, _settings.Value, cancellationToken);

    public void Dispose()
    {
        if (_withoutCredentials is { IsValueCreated: true })
        {
            _withoutCredentials.Value.Dispose();
        }

        _http2.Dispose();
        if (_idle != IdleLines.Default)
        {
            _idle.Dispose();
        }

        if (_settings.IsValueCreated)
        {
            _settings.Value.Dispose();
        }
    }

    private static SocketsHttpHandler Create(Action<SocketsHttpHandler>? configure, bool keepsCookies)
    {
        var handler = new SocketsHttpHandler
        {
            // A redirect would take credentials elsewhere unseen: it is reported as a refusal.
            AllowAutoRedirect = false,
            EnableMultipleHttp2Connections = true,
            UseCookies = keepsCookies,

            // Sessions notice that a TCP connection is dead, and leave it; without this their next attempts would be made on it.
            KeepAlivePingDelay = s_keepAlive,
            KeepAlivePingTimeout = s_keepAlive,
        };
        try
        {
            configure?.Invoke(handler);
            return handler;
        }
        catch (Exception exception)
        {
            handler.Dispose();
            throw new HttpHandlerException(exception);
        }
    }
}
