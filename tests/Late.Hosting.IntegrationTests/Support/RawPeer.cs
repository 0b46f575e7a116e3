using System.Buffers.Binary;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Text;

namespace Late.Hosting.IntegrationTests.Support;

/// <summary>The server's end of a TCP connection, byte by byte (RFC 6455 §4.2.2 and §5.2).</summary>
public sealed class RawPeer(Socket socket, Stream? stream = null) : IDisposable
{
    public const int Text = 1;
    public const int Close = 8;
    public const int Ping = 9;
    public const int Pong = 10;

    private readonly Stream _stream = stream ?? new NetworkStream(socket, ownsSocket: true);

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    /// <summary>One unmasked frame with a payload of fewer than 64 KiB.</summary>
    public static byte[] Frame(int opcode, ReadOnlySpan<byte> payload, bool isLast = true)
    {
        var header = payload.Length < 126
            ? new byte[] { 0, (byte)payload.Length }
            : [0, 126, (byte)(payload.Length >> 8), (byte)payload.Length];
        header[0] = (byte)(opcode | (isLast ? 0x80 : 0));
        return [.. header, .. payload];
    }

    public static byte[] TextFrame(string text) => Frame(Text, Encoding.UTF8.GetBytes(text));

    /// <summary>Reads the request, and answers it with 101 and what follows in the same packet.</summary>
    /// <returns>The request.</returns>
    public Task<string> UpgradeAsync(params byte[] following) => UpgradeAsync("", following);

    /// <param name="headers">Further lines of the answer, each with its end.</param>
    /// <param name="following">What follows it in the same packet.</param>
    public async Task<string> UpgradeAsync(string headers, params byte[] following)
    {
        var request = await ReadRequestAsync();
        var key = request.Split("\r\n").First(line => line.StartsWith("Sec-WebSocket-Key:", StringComparison.OrdinalIgnoreCase))[18..].Trim();
        var accept = Accept(key);
        await WriteAsync(
        [
            .. Encoding.ASCII.GetBytes($"HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Accept: {accept}\r\n{headers}\r\n"),
            .. following,
        ]);
        return request;
    }

    /// <summary>What answers a key (RFC 6455 §4.2.2).</summary>
    public static string Accept(string key)
    {
#pragma warning disable CA5350 // The handshake is defined by it.
        return Convert.ToBase64String(SHA1.HashData(Encoding.ASCII.GetBytes(key + "258EAFA5-E914-47DA-95CA-C5AB0DC85B11")));
#pragma warning restore CA5350
    }

    /// <summary>Writes the same without end, until the connection is disposed.</summary>
    public async Task WithoutEndAsync(byte[] bytes)
    {
        try
        {
            while (true)
            {
                await _stream.WriteAsync(bytes, Token);
            }
        }
        catch (Exception exception) when (exception is IOException or OperationCanceledException or ObjectDisposedException)
        {
        }
    }

    public async Task<string> ReadRequestAsync()
    {
        var request = new StringBuilder();
        var one = new byte[1];
        while (!request.ToString().EndsWith("\r\n\r\n", StringComparison.Ordinal))
        {
            await _stream.ReadExactlyAsync(one, Token);
            request.Append((char)one[0]);
        }

        return request.ToString();
    }

    public async Task WriteAsync(byte[] bytes) => await _stream.WriteAsync(bytes, Token);

    /// <summary>The client's next frame, unmasked.</summary>
    public async Task<(int Opcode, byte[] Payload)> ReadFrameAsync()
    {
        var header = await ReadAsync(2);
        int length = header[1] & 0x7F;
        if (length == 126)
        {
            length = BinaryPrimitives.ReadUInt16BigEndian(await ReadAsync(2));
        }
        else if (length == 127)
        {
            length = checked((int)BinaryPrimitives.ReadUInt64BigEndian(await ReadAsync(8)));
        }

        var mask = await ReadAsync(4);
        var payload = await ReadAsync(length);
        for (var i = 0; i < length; i++)
        {
            payload[i] ^= mask[i % 4];
        }

        return (header[0] & 0x0F, payload);
    }

    /// <summary>Reads up to the client's close frame; its code.</summary>
    public async Task<int?> ReadCloseAsync()
    {
        while (true)
        {
            var (opcode, payload) = await ReadFrameAsync();
            if (opcode == Close)
            {
                return payload.Length < 2 ? null : BinaryPrimitives.ReadUInt16BigEndian(payload);
            }
        }
    }

    /// <summary>Reads what comes until the client closes or resets the connection.</summary>
    public async Task EndAsync()
    {
        var buffer = new byte[64 * 1024];
        try
        {
            while (await _stream.ReadAsync(buffer, Token) > 0)
            {
            }
        }
        catch (IOException)
        {
        }
    }

    /// <summary>The same connection behind a server's TLS handshake.</summary>
    public async Task<RawPeer> SecureAsync(SslServerAuthenticationOptions options)
    {
        var tls = new SslStream(_stream);
        await tls.AuthenticateAsServerAsync(options, Token);
        return new RawPeer(socket, tls);
    }

    /// <summary>Ends the connection with RST.</summary>
    public void Reset()
    {
        socket.LingerState = new LingerOption(true, 0);
        socket.Dispose();
    }

    /// <summary>Ends our half of the connection with FIN.</summary>
    public void Finish() => socket.Shutdown(SocketShutdown.Send);

    public void Dispose() => _stream.Dispose();

    private async Task<byte[]> ReadAsync(int length)
    {
        var bytes = new byte[length];
        await _stream.ReadExactlyAsync(bytes, Token);
        return bytes;
    }
}
