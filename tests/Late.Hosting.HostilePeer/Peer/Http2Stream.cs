namespace Late.Hosting.HostilePeer.Peer;

/// <summary>A WebSocket as a stream of HTTP/2: its bytes are DATA frames.</summary>
internal sealed class Http2Stream(Http2Connection connection, int id) : Duplex
{
    private const int MostDataBytes = 16 * 1024;
    private const int Cancel = 8;

    private readonly Queue<byte[]> _received = new();
    private ReadOnlyMemory<byte> _current;
    private bool _isAtEnd;

    public int Id => id;

    /// <summary>Guarded by the connection's <see cref="Http2Connection.Window"/>.</summary>
    public int SendWindow { get; set; } = connection.InitialWindow;

    /// <summary>True when either side has reset it, or its TCP connection has ended.</summary>
    public bool IsEnded { get; private set; }

    public override void Write(ReadOnlySpan<byte> bytes)
    {
        while (!bytes.IsEmpty)
        {
            var count = connection.TakeWindow(this, Math.Min(bytes.Length, MostDataBytes));
            connection.Write(Http2FrameType.Data, 0, id, bytes[..count]);
            bytes = bytes[count..];
        }
    }

    public override int Read(Span<byte> buffer)
    {
        lock (_received)
        {
            while (_current.IsEmpty)
            {
                if (_received.TryDequeue(out var next))
                {
                    _current = next;
                }
                else if (_isAtEnd || IsEnded)
                {
                    return 0;
                }
                else
                {
                    Monitor.Wait(_received);
                }
            }
        }

        var count = Math.Min(buffer.Length, _current.Length);
        _current.Span[..count].CopyTo(buffer);
        _current = _current[count..];

        // What has been read may come again.
        connection.WriteNumber(Http2FrameType.WindowUpdate, 0, count);
        connection.WriteNumber(Http2FrameType.WindowUpdate, id, count);
        return count;
    }

    public override void Fin() => connection.Write(Http2FrameType.Data, Http2FrameType.End, id, []);

    public override void Reset() => ResetWith(Cancel);

    public void ResetWith(int code)
    {
        connection.WriteNumber(Http2FrameType.ResetStream, id, code);
        EndByClient();
    }

    public void Feed(byte[] data, bool isLast)
    {
        lock (_received)
        {
            if (data.Length > 0)
            {
                _received.Enqueue(data);
            }

            _isAtEnd |= isLast;
            Monitor.PulseAll(_received);
        }
    }

    public void EndByClient()
    {
        IsEnded = true;
        lock (_received)
        {
            Monitor.PulseAll(_received);
        }
    }
}
