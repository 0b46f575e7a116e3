namespace Late.Hosting.Connection.Lifecycle;

/// <summary>
/// The address that was requested for the next attempt. It is that of one attempt; one that a reload interrupts leaves it to the next. Used under the
/// lifecycle's lock.
/// </summary>
internal sealed class RequestedAddress
{
    private Uri? _next;

    // The handler has asked for it, and not a client: it ends with its life.
    private bool _isOfHandler;

    // The one that HandleDisconnect has asked for, which takes precedence; it ends with its life.
    private Uri? _ofDisconnect;

    // The one that the attempt in progress has taken.
    private (Uri? Uri, bool IsOfHandler) _taken;

    /// <summary>True where the next attempt has one, but for that of <c>HandleDisconnect</c>.</summary>
    public bool IsKnown => _next is not null;

    /// <summary>The address of the next attempt is that of a request, or the configured one where it has none; null leaves it.</summary>
    public void Set(SessionEnd? request) => (_next, _isOfHandler) = request is null ? (_next, _isOfHandler) : (request.Uri, request.HasUriOfHandler);

    /// <summary>A client requests one for the first attempt; null leaves it.</summary>
    public void SetFirst(Uri? uri) => (_next, _isOfHandler) = uri is null ? (_next, _isOfHandler) : (uri, false);

    /// <summary><c>HandleDisconnect</c> asks for one; null leaves it.</summary>
    public void SetOfDisconnect(Uri? uri) => _ofDisconnect = uri ?? _ofDisconnect;

    /// <summary>A request decides that interrupts what there is: no other address counts.</summary>
    public void Replace(SessionEnd request)
    {
        Set(request);
        (_ofDisconnect, _taken) = (null, default);
    }

    /// <summary>A reload interrupts what there is: the next attempt goes where that one has gone, or was to go.</summary>
    /// <param name="request">The request for the connection that was to follow the session; null for none.</param>
    public void Keep(SessionEnd? request)
    {
        if (_next is null && _ofDisconnect is null)
        {
            (_next, _isOfHandler) = request?.Uri is { } uri ? (uri, request.HasUriOfHandler) : _taken;
        }
    }

    /// <summary>An attempt begins; null for the configured address.</summary>
    /// <param name="isInterrupted">A request interrupts it at this moment: its address is that of the next.</param>
    public Uri? Take(bool isInterrupted)
    {
        var uri = _ofDisconnect ?? _next;
        _taken = uri is null ? _taken : (uri, _ofDisconnect is not null || _isOfHandler);
        (_next, _ofDisconnect) = isInterrupted ? (_next, _ofDisconnect) : default;
        return uri;
    }

    /// <summary>The attempt in progress was begun while the last session continued.</summary>
    /// <param name="request">The request for it; null for none.</param>
    public void Adopt(SessionEnd? request) => _taken = (request?.Uri, request is { HasUriOfHandler: true });

    /// <summary>That attempt is over.</summary>
    public void EndAttempt() => _taken = default;

    /// <summary>An error ends the life: an address that its handler has asked for is not that of the next, and a client's is.</summary>
    public void EndLife() => (_next, _ofDisconnect, _taken) = (_isOfHandler ? null : _next, null, default);

    /// <summary>A fault ends the life: an address is that of the next only where that was requested too, and not by the handler.</summary>
    public void Fault(bool isRequested) => (_next, _ofDisconnect, _taken) = (isRequested && !_isOfHandler ? _next : null, null, default);
}
