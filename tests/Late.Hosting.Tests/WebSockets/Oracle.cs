using System.Buffers.Binary;
using System.Net.WebSockets;
using Late.Hosting.WebSockets;

namespace Late.Hosting.Tests.WebSockets;

/// <summary>What System.Net.WebSockets makes of the same bytes.</summary>
internal static class Oracle
{
    /// <summary>Reads a server's stream as a client.</summary>
    /// <returns>Messages, and the pings as its pongs show them; pongs leave no trace in it.</returns>
    public static ReadResult ReadAsClient(byte[] stream, WebSocketDeflateOptions? deflate = null) => Read(stream, isServer: false, deflate);

    /// <summary>Reads a client's stream as a server.</summary>
    public static ReadResult ReadAsServer(byte[] stream, WebSocketDeflateOptions? deflate = null) => Read(stream, isServer: true, deflate);

    /// <summary>Writes messages as a server.</summary>
    public static byte[] WriteAsServer(IEnumerable<LateFrame> messages, WebSocketDeflateOptions? deflate = null)
    {
        var stream = new MemoryDuplexStream([]);
        using var socket = Create(stream, isServer: true, deflate);
        foreach (var message in messages)
        {
            Wait(socket.SendAsync(message.Payload, message.IsText ? WebSocketMessageType.Text : WebSocketMessageType.Binary, true, default).AsTask());
        }

        return stream.Written;
    }

    private static ReadResult Read(byte[] input, bool isServer, WebSocketDeflateOptions? deflate)
    {
        var stream = new MemoryDuplexStream(input);
        using var socket = Create(stream, isServer, deflate);
        var messages = new List<string>();
        int? error = null;
        ClosePayload? close = null;
        try
        {
            close = ReadAll(socket, messages);
        }
        catch (WebSocketException exception)
        {
            error = exception.WebSocketErrorCode == WebSocketError.ConnectionClosedPrematurely ? null : LateCloseCode.ProtocolError;
        }

        var events = messages;
        foreach (var (opcode, payload) in Frames(stream.Written))
        {
            if (opcode == Opcode.Pong)
            {
                events.Add($"Ping {Convert.ToHexString(payload)}");
            }
            else if (opcode == Opcode.Close && error is not null)
            {
                error = BinaryPrimitives.ReadUInt16BigEndian(payload);
            }
        }

        return new ReadResult(events, error, close);
    }

    private static WebSocket Create(Stream stream, bool isServer, WebSocketDeflateOptions? deflate) =>
        WebSocket.CreateFromStream(stream, new WebSocketCreationOptions
        {
            IsServer = isServer,
            KeepAliveInterval = TimeSpan.Zero,
            DangerousDeflateOptions = deflate,
        });

    private static ClosePayload ReadAll(WebSocket socket, List<string> events)
    {
        var buffer = new byte[16 * 1024];
        var message = new MemoryStream();
        while (true)
        {
            var result = Wait(socket.ReceiveAsync(buffer.AsMemory(), default).AsTask());
            if (result.MessageType == WebSocketMessageType.Close)
            {
                return new ClosePayload((int)socket.CloseStatus!.Value, socket.CloseStatusDescription ?? string.Empty);
            }

            message.Write(buffer.AsSpan(0, result.Count));
            if (result.EndOfMessage)
            {
                events.Add($"{result.MessageType} {Convert.ToHexString(message.GetBuffer().AsSpan(0, (int)message.Length))}");
                message.SetLength(0);
            }
        }
    }

    /// <summary>The frames of small size that it wrote: pongs and the Close frame, masked when it is a client.</summary>
    private static IEnumerable<(Opcode Opcode, byte[] Payload)> Frames(byte[] written)
    {
        for (int at = 0; at < written.Length;)
        {
            var opcode = (Opcode)(written[at] & 0x0F);
            bool masked = (written[at + 1] & 0x80) != 0;
            int length = written[at + 1] & 0x7F;
            int payload = at + (masked ? 6 : 2);
            yield return (opcode, [.. Enumerable.Range(0, length).Select(i => (byte)(written[payload + i] ^ (masked ? written[at + 2 + (i % 4)] : 0)))]);
            at = payload + length;
        }
    }

    private static T Wait<T>(Task<T> task) => task.GetAwaiter().GetResult();

    private static void Wait(Task task) => task.GetAwaiter().GetResult();
}
