using System.Buffers.Binary;
using System.Collections.Concurrent;
using Late.Hosting.HostilePeer.Oracle;
using Late.Hosting.HostilePeer.Scripts;

namespace Late.Hosting.HostilePeer.Peer;

/// <summary>One TCP connection over HTTP/2 (RFC 9113, RFC 8441), from the server's side.</summary>
internal sealed class Http2Connection(PeerServer server, Facts facts, SocketStream socket, Stream stream, AttemptPlan firstPlan, bool isFirstLast)
{
    private const int PrefaceBytes = 24;
    private const int FrameHeaderBytes = 9;
    private const int InitialWindowSetting = 4;

    private readonly ConcurrentDictionary<int, Http2Stream> _streams = new();
    private readonly Lock _writing = new();
    private readonly object _window = new();
    private int _connectionWindow = ushort.MaxValue;
    private int _initialWindow = ushort.MaxValue;
    private (AttemptPlan Plan, bool IsLast)? _first = (firstPlan, isFirstLast);
    private bool _hasFailed;
    private bool _isOver;

    /// <summary>Guards all windows.</summary>
    public object Window => _window;

    public int InitialWindow => _initialWindow;

    public void Run()
    {
        try
        {
            Span<byte> preface = stackalloc byte[PrefaceBytes];
            stream.ReadExactly(preface);
            if (firstPlan.Answer is Answer.Garbage)
            {
                Raw("HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n\r\n"u8);
                socket.Fin();
            }
            else
            {
                // SETTINGS_ENABLE_CONNECT_PROTOCOL (RFC 8441 §3).
                Write(Http2FrameType.Settings, 0, 0, [0, 8, 0, 0, 0, 1]);
            }

            while (true)
            {
                ReadFrame();
            }
        }
        finally
        {
            lock (_window)
            {
                _isOver = true;
                Monitor.PulseAll(_window);
            }

            foreach (var one in _streams.Values)
            {
                one.EndByClient();
            }
        }
    }

    public void Write(int type, int flags, int streamId, ReadOnlySpan<byte> payload)
    {
        var frame = new byte[FrameHeaderBytes + payload.Length];
        BinaryPrimitives.WriteInt32BigEndian(frame, (payload.Length << 8) | type);
        frame[4] = (byte)flags;
        BinaryPrimitives.WriteInt32BigEndian(frame.AsSpan(5), streamId);
        payload.CopyTo(frame.AsSpan(FrameHeaderBytes));
        Raw(frame);
    }

    public void Raw(ReadOnlySpan<byte> bytes)
    {
        lock (_writing)
        {
            stream.Write(bytes);
        }
    }

    public void WriteNumber(int type, int streamId, int number)
    {
        Span<byte> payload = stackalloc byte[4];
        BinaryPrimitives.WriteInt32BigEndian(payload, number);
        Write(type, 0, streamId, payload);
    }

    /// <summary>From here on a new stream is one too many: an attempt failed here.</summary>
    public void SetFailed() => _hasFailed = true;

    public void Fin() => socket.Fin();

    public void Reset() => socket.Reset();

    /// <summary>Waits until some bytes may be written; their number.</summary>
    public int TakeWindow(Http2Stream one, int wanted)
    {
        lock (_window)
        {
            while (true)
            {
                if (_isOver || one.IsEnded || facts.Over.IsCancellationRequested)
                {
                    throw new IOException("The stream has ended.");
                }

                var count = Math.Min(wanted, Math.Min(_connectionWindow, one.SendWindow));
                if (count > 0)
                {
                    _connectionWindow -= count;
                    one.SendWindow -= count;
                    return count;
                }

                Monitor.Wait(_window, Control.Tick);
            }
        }
    }

    private void ReadFrame()
    {
        Span<byte> header = stackalloc byte[FrameHeaderBytes];
        stream.ReadExactly(header);
        var length = BinaryPrimitives.ReadInt32BigEndian(header) >>> 8;
        var (type, flags) = (header[3], header[4]);
        var id = BinaryPrimitives.ReadInt32BigEndian(header[5..]);
        var payload = new byte[length];
        stream.ReadExactly(payload);
        switch ((int)type)
        {
            case Http2FrameType.Data when _streams.TryGetValue(id, out var one):
                one.Feed(payload, (flags & Http2FrameType.End) != 0);
                break;
            case Http2FrameType.Headers when !_streams.ContainsKey(id):
                Open(id);
                break;
            case Http2FrameType.ResetStream when _streams.TryGetValue(id, out var one):
                one.EndByClient();
                break;
            case Http2FrameType.Settings when (flags & Http2FrameType.End) == 0:
                Apply(payload);
                Write(Http2FrameType.Settings, Http2FrameType.End, 0, []);
                break;
            case Http2FrameType.Ping when (flags & Http2FrameType.End) == 0:
                Write(Http2FrameType.Ping, Http2FrameType.End, 0, payload);
                break;
            case Http2FrameType.WindowUpdate:
                Widen(id, BinaryPrimitives.ReadInt32BigEndian(payload));
                break;
        }
    }

    private void Open(int id)
    {
        facts.Requests.Add(facts);
        facts.Require(!_hasFailed, "P10", "a TCP connection on which an attempt had failed was asked again over HTTP/2");
        var plan = _first is { } first ? first.Plan : server.TakePlan(out isFirstLast);
        _first = null;
        var one = new Http2Stream(this, id);
        _streams[id] = one;
        server.Start(new Http2Answers(server, facts, this, one, plan, isFirstLast).Run);
    }

    private void Apply(ReadOnlySpan<byte> settings)
    {
        for (; settings.Length >= 6; settings = settings[6..])
        {
            if (BinaryPrimitives.ReadInt16BigEndian(settings) == InitialWindowSetting)
            {
                lock (_window)
                {
                    var change = BinaryPrimitives.ReadInt32BigEndian(settings[2..]) - _initialWindow;
                    _initialWindow += change;
                    foreach (var one in _streams.Values)
                    {
                        one.SendWindow += change;
                    }
                }
            }
        }
    }

    private void Widen(int id, int by)
    {
        lock (_window)
        {
            if (id == 0)
            {
                _connectionWindow += by;
            }
            else if (_streams.TryGetValue(id, out var one))
            {
                one.SendWindow += by;
            }

            Monitor.PulseAll(_window);
        }
    }
}
