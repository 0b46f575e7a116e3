using System.Net.Sockets;

namespace Late.Hosting.HostilePeer.Peer;

/// <summary>The peer's end of a TCP connection: blocking for its thread, and ended from outside at any time.</summary>
internal sealed class SocketStream : Stream
{
    private const int PollMicroseconds = 5_000;

    private readonly Socket _socket;
    private readonly CancellationToken _over;
    private volatile bool _isEnded;

    public SocketStream(Socket socket, CancellationToken over)
    {
        (_socket, _over) = (socket, over);
        socket.Blocking = false;
        socket.NoDelay = true;
    }

    public override bool CanRead => true;

    public override bool CanWrite => true;

    public override bool CanSeek => false;

    public override long Length => throw new NotSupportedException();

    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    /// <summary>Bytes that TCP has taken.</summary>
    public long Written { get; private set; }

    public override int Read(Span<byte> buffer)
    {
        while (true)
        {
            ThrowIfEnded();
            var count = _socket.Receive(buffer, SocketFlags.None, out var error);
            if (error == SocketError.Success)
            {
                return count;
            }

            if (error != SocketError.WouldBlock)
            {
                throw new IOException(error.ToString());
            }

            _socket.Poll(PollMicroseconds, SelectMode.SelectRead);
        }
    }

    public override void Write(ReadOnlySpan<byte> buffer)
    {
        while (!buffer.IsEmpty)
        {
            ThrowIfEnded();
            var count = _socket.Send(buffer, SocketFlags.None, out var error);
            if (error == SocketError.Success)
            {
                buffer = buffer[count..];
                Written += count;
            }
            else if (error != SocketError.WouldBlock)
            {
                throw new IOException(error.ToString());
            }
            else
            {
                _socket.Poll(PollMicroseconds, SelectMode.SelectWrite);
            }
        }
    }

    public override int Read(byte[] buffer, int offset, int count) => Read(buffer.AsSpan(offset, count));

    public override void Write(byte[] buffer, int offset, int count) => Write(buffer.AsSpan(offset, count));

    public override void Flush()
    {
    }

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    /// <summary>Nothing more is written; reading continues.</summary>
    public void Fin()
    {
        try
        {
            _socket.Shutdown(SocketShutdown.Send);
        }
        catch (Exception exception) when (exception is SocketException or ObjectDisposedException)
        {
            // It has ended already.
        }
    }

    /// <summary>Ends it with RST.</summary>
    public void Reset()
    {
        _isEnded = true;
        try
        {
            _socket.LingerState = new LingerOption(true, 0);
        }
        catch (Exception exception) when (exception is SocketException or ObjectDisposedException)
        {
            // It has ended already.
        }

        _socket.Dispose();
    }

    protected override void Dispose(bool disposing)
    {
        _isEnded = true;
        _socket.Dispose();
        base.Dispose(disposing);
    }

    private void ThrowIfEnded()
    {
        if (_isEnded || _over.IsCancellationRequested)
        {
            throw new IOException("The script is over.");
        }
    }
}
