using System.Buffers;
using System.Net;
using System.Net.WebSockets;
using System.Text;
using Late.Hosting.Connection;

namespace Late.Hosting.Transport;

/// <summary>A session's socket on <see cref="ClientWebSocket"/>.</summary>
internal sealed class ClientWebSocketConnection(ClientWebSocket socket, LateConnectionOptions options) : WebSocketConnection
{
    private const int FirstBufferBytes = 4 * 1024;

    private readonly ArrayBufferWriter<byte> _buffer = new(256);
    private readonly List<(WebSocketMessageType Type, int Length)> _unflushed = [];

    public override LateHandshake Handshake { get; } = new(
        socket.HttpStatusCode == 0 ? HttpStatusCode.SwitchingProtocols : socket.HttpStatusCode,
        socket.HttpResponseHeaders ?? new Dictionary<string, IEnumerable<string>>(),
        socket.SubProtocol);

    public override int UnflushedBytes => _unflushed.Count == 0 ? 0 : Math.Max(1, _buffer.WrittenCount);

    public override (int? Code, string? Reason) PeerClose =>
        socket.CloseStatus is { } status && status != WebSocketCloseStatus.Empty ? ((int)status, socket.CloseStatusDescription) : (null, null);

    public override async ValueTask<ReceivedFrames?> ReceiveAsync()
    {
        var buffer = ArrayPool<byte>.Shared.Rent(FirstBufferBytes);
        var length = 0;
        try
        {
            while (true)
            {
                var result = await socket.ReceiveAsync(buffer.AsMemory(length), CancellationToken.None).ConfigureAwait(false);
                if (result.MessageType == WebSocketMessageType.Close)
                {
                    ArrayPool<byte>.Shared.Return(buffer);
                    return null;
                }

                length += result.Count;
                if (length > options.MaxMessageBytes)
                {
                    throw new WebSocketReadException(
                        LateCloseCode.MessageTooBig, $"The server sent a message of more than MaxMessageBytes ({options.MaxMessageBytes}). Raise it if such messages are right.");
                }

                if (result.EndOfMessage)
                {
                    return new ReceivedFrames(result.MessageType == WebSocketMessageType.Text ? LateFrameKind.Text : LateFrameKind.Binary, buffer, length);
                }

                if (length == buffer.Length)
                {
                    buffer = Grow(buffer, length);
                }
            }
        }
        catch (Exception exception)
        {
            ArrayPool<byte>.Shared.Return(buffer);
            throw exception as WebSocketReadException ?? Explain(exception);
        }
    }

    public override void Append(in LateFrame frame)
    {
        var before = _buffer.WrittenCount;
        if (frame.Unencoded is { } text)
        {
            Encoding.UTF8.GetBytes(text, _buffer);
        }
        else
        {
            _buffer.Write(frame.Payload.Span);
        }

        _unflushed.Add((frame.IsText ? WebSocketMessageType.Text : WebSocketMessageType.Binary, _buffer.WrittenCount - before));
    }

    public override async ValueTask FlushAsync()
    {
        var offset = 0;
        try
        {
            foreach (var (type, length) in _unflushed)
            {
                await socket.SendAsync(_buffer.WrittenMemory.Slice(offset, length), type, endOfMessage: true, CancellationToken.None).ConfigureAwait(false);
                offset += length;
            }
        }
        finally
        {
            _unflushed.Clear();
            _buffer.ResetWrittenCount();
        }
    }

    public override Task CloseOutputAsync(int code, string reason) =>
        socket.State is WebSocketState.Open or WebSocketState.CloseReceived
            ? socket.CloseOutputAsync((WebSocketCloseStatus)code, CutReason(reason), CancellationToken.None)
            : Task.CompletedTask;

    public override void Abort() => socket.Abort();

    public override ValueTask DisposeAsync()
    {
        socket.Dispose();
        return default;
    }

    private static byte[] Grow(byte[] buffer, int length)
    {
        var larger = ArrayPool<byte>.Shared.Rent(2 * buffer.Length);
        buffer.AsSpan(0, length).CopyTo(larger);
        ArrayPool<byte>.Shared.Return(buffer);
        return larger;
    }

    // §5.5: at most 125 bytes, two of which are the code; cut where a character begins.
    private static string CutReason(string reason)
    {
        while (Encoding.UTF8.GetByteCount(reason) > 123)
        {
            reason = reason[..^(char.IsLowSurrogate(reason[^1]) ? 2 : 1)];
        }

        return reason;
    }

    private static WebSocketReadException Explain(Exception exception) => exception switch
    {
        WebSocketException { WebSocketErrorCode: WebSocketError.ConnectionClosedPrematurely } =>
            new WebSocketReadException(null, "The connection broke without a close frame.", exception),
        WebSocketException { WebSocketErrorCode: WebSocketError.Faulted or WebSocketError.HeaderError or WebSocketError.InvalidMessageType } =>
            new WebSocketReadException(LateCloseCode.ProtocolError, "The server broke the WebSocket protocol.", exception),
        OperationCanceledException => new WebSocketReadException(null, "The connection was aborted: the server did not answer the keep-alive.", exception),
        _ => new WebSocketReadException(null, "The connection broke.", exception),
    };
}
