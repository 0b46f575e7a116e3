namespace Late.Hosting.Transport;

/// <summary>An HTTP/2 connection to one origin, which attempts and sessions share.</summary>
internal sealed class Http2Line
{
    private readonly TaskCompletionSource _settled = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Http2Origin _origin;
    private int _used = 1;
    private int? _limit;
    private bool _isFull;
    private bool _isRetired;

    /// <summary>Opens it for an attempt.</summary>
    public Http2Line(Http2Origin origin, SocketsHttpHandler settings, CancellationToken opening)
    {
        _origin = origin;
        Http = new HttpLine(settings, stream => new Http2Wire(stream, this), opening);
    }

    public HttpLine Http { get; }

    /// <summary>Completed when the server has sent its limit of streams, or the connection is over.</summary>
    public Task Settled => _settled.Task;

    /// <summary>Under the origin's lock: takes a place, where there seems to be one; until the server has sent its limit, it is provisional.</summary>
    public bool TryJoin()
    {
        var hasRoom = !_isRetired && !_isFull && _used < (_limit ?? _origin.Streams);
        _used += hasRoom ? 1 : 0;
        return hasRoom;
    }

    /// <summary>True where the place that was taken exists, now that the server has sent its limit.</summary>
    public bool HasPlace()
    {
        using (_origin.Gate.Enter())
        {
            return !_isRetired && _used <= _limit;
        }
    }

    /// <summary>Gives a place back.</summary>
    public void Leave()
    {
        using (_origin.Gate.Enter())
        {
            (_used, _isFull) = (_used - 1, false);
        }
    }

    /// <summary>The server takes so many streams at a time.</summary>
    public void SetLimit(int streams)
    {
        using (_origin.Gate.Enter())
        {
            (_limit, _origin.Streams) = (streams, streams);
        }

        _settled.TrySetResult();
    }

    /// <summary>HTTP has found no stream: no other attempt is made until one has ended.</summary>
    public void SetFull()
    {
        using (_origin.Gate.Enter())
        {
            _isFull = _used > 0;
        }

        if (!_isFull)
        {
            Retire();
        }
    }

    /// <summary>Takes no new stream. It is closed when its last session has ended.</summary>
    public void Retire()
    {
        using (_origin.Gate.Enter())
        {
            if (_isRetired)
            {
                return;
            }

            _isRetired = true;
            _origin.Remove(this);
        }

        _settled.TrySetResult();
        Http.Dispose();
    }
}
