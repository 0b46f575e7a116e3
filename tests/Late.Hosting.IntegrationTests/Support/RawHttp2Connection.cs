using System.Buffers.Binary;
using System.Collections.Concurrent;
using System.Net.Sockets;
using System.Threading.Channels;

namespace Late.Hosting.IntegrationTests.Support;

/// <summary>The server's end of an HTTP/2 connection.</summary>
public sealed class RawHttp2Connection(Stream stream, Socket socket, int number, ChannelWriter<RawHttp2Request> requests) : IDisposable
{
    public const byte Data = 0;
    public const byte Headers = 1;
    public const byte ResetStream = 3;
    public const byte GoAway = 7;
    public const byte EndStream = 1;
    public const byte EndHeaders = 4;

    private const byte Settings = 4;
    private const byte Ping = 6;
    private const byte Ack = 1;

    private readonly SemaphoreSlim _writing = new(1, 1);
    private readonly ConcurrentDictionary<int, RawHttp2Request> _streams = new();

    /// <summary>Which of the server's connections it is, counted from 1.</summary>
    public int Number => number;

    public static byte[] BigEndian(uint value)
    {
        var bytes = new byte[4];
        BinaryPrimitives.WriteUInt32BigEndian(bytes, value);
        return bytes;
    }

    /// <summary>Reads frames until the client ends the connection, and with it all streams.</summary>
    public async Task ServeAsync()
    {
        try
        {
            await ReadAsync();
        }
        finally
        {
            foreach (var request in _streams.Values)
            {
                request.SetEnded();
            }
        }
    }

    public async Task WriteAsync(byte type, byte flags, int id, byte[] payload)
    {
        await _writing.WaitAsync();
        try
        {
            await stream.WriteAsync((byte[])
            [
                (byte)(payload.Length >> 16), (byte)(payload.Length >> 8), (byte)payload.Length, type, flags, .. BigEndian((uint)id), .. payload,
            ]);
        }
        finally
        {
            _writing.Release();
        }
    }

    /// <summary>Ends the TCP connection with FIN.</summary>
    public void Dispose() => stream.Dispose();

    /// <summary>Ends the TCP connection with RST.</summary>
    public void Reset()
    {
        socket.LingerState = new LingerOption(true, 0);
        socket.Dispose();
    }

    private async Task ReadAsync()
    {
        await stream.ReadExactlyAsync(new byte["PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".Length]);

        // SETTINGS_ENABLE_CONNECT_PROTOCOL (RFC 8441 §3).
        await WriteAsync(Settings, 0, 0, [0, 8, 0, 0, 0, 1]);
        var header = new byte[9];
        while (true)
        {
            await stream.ReadExactlyAsync(header);
            var payload = new byte[(header[0] << 16) | (header[1] << 8) | header[2]];
            await stream.ReadExactlyAsync(payload);
            var (type, flags, id) = (header[3], header[4], (int)BinaryPrimitives.ReadUInt32BigEndian(header.AsSpan(5)));
            switch (type)
            {
                case Settings or Ping when flags != Ack:
                    await WriteAsync(type, Ack, 0, type == Ping ? payload : []);
                    break;
                case Headers:
                    requests.TryWrite(_streams[id] = new RawHttp2Request(this, id));
                    break;
                case ResetStream:
                    _streams[id].SetEnded();
                    break;
            }
        }
    }
}
