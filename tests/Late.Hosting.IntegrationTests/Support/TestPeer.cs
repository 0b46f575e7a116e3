using System.Net.WebSockets;
using System.Text;

namespace Late.Hosting.IntegrationTests.Support;

/// <summary>The server's end of a connection, in the test's hand.</summary>
public sealed class TestPeer(WebSocket socket, TestRequest request)
{
    private byte[] _buffer = new byte[4 * 1024];

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public WebSocket Socket => socket;

    /// <summary>The TCP connection, which over HTTP/2 other peers may share.</summary>
    public string TcpConnection => request.Context.Connection.Id;

    public Task SendAsync(string text) => socket.SendAsync(Encoding.UTF8.GetBytes(text), WebSocketMessageType.Text, true, Token);

    public Task SendAsync(byte[] bytes) => socket.SendAsync(bytes, WebSocketMessageType.Binary, true, Token);

    /// <summary>Sends a fragment of a text message.</summary>
    public Task SendPartAsync(string text, bool isLast) => socket.SendAsync(Encoding.UTF8.GetBytes(text), WebSocketMessageType.Text, isLast, Token);

    /// <summary>The next message as text; null for a close frame.</summary>
    public async Task<string?> ReceiveAsync()
    {
        var (type, length) = await ReceiveMessageAsync();
        return type == WebSocketMessageType.Close ? null : Encoding.UTF8.GetString(_buffer, 0, length);
    }

    /// <summary>The next message, which is binary.</summary>
    public async Task<byte[]> ReceiveBinaryAsync()
    {
        var (type, length) = await ReceiveMessageAsync();
        Assert.Equal(WebSocketMessageType.Binary, type);
        return _buffer[..length];
    }

    /// <summary>Reads up to the client's close frame, and leaves it unanswered.</summary>
    public async Task<(int? Code, string? Reason)> ReceiveCloseAsync()
    {
        while ((await ReceiveMessageAsync()).Type != WebSocketMessageType.Close)
        {
        }

        return ((int?)socket.CloseStatus, socket.CloseStatusDescription);
    }

    /// <summary>Sends a close frame, waits for the answer, and ends the request.</summary>
    public async Task CloseAsync(int code, string reason)
    {
        await socket.CloseAsync((WebSocketCloseStatus)code, reason, Token);
        request.End();
    }

    /// <summary>Reads up to the client's close frame, answers it, and ends the request.</summary>
    public async Task<(int? Code, string? Reason)> AnswerCloseAsync()
    {
        var close = await ReceiveCloseAsync();
        await AnswerAsync();
        return close;
    }

    /// <summary>Answers the close frame that has been read, and ends the request.</summary>
    public async Task AnswerAsync()
    {
        await socket.CloseOutputAsync(socket.CloseStatus ?? WebSocketCloseStatus.NormalClosure, "", Token);
        request.End();
    }

    /// <summary>Breaks the TCP connection without a close frame.</summary>
    public void Drop() => request.Abort();

    private async Task<(WebSocketMessageType Type, int Length)> ReceiveMessageAsync()
    {
        var length = 0;
        while (true)
        {
            var result = await socket.ReceiveAsync(_buffer.AsMemory(length), Token);
            length += result.Count;
            if (result.EndOfMessage || result.MessageType == WebSocketMessageType.Close)
            {
                return (result.MessageType, length);
            }

            if (length == _buffer.Length)
            {
                Array.Resize(ref _buffer, 2 * length);
            }
        }
    }
}
