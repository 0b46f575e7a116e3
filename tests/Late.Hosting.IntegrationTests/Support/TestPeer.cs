using System.Net.WebSockets;
using System.Text;

namespace Late.Hosting.IntegrationTests.Support;

/// <summary>The server's end of a connection, in the test's hand.</summary>
public sealed class TestPeer(WebSocket socket, TestRequest request)
{
    private readonly byte[] _buffer = new byte[2 * 1024 * 1024];

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public WebSocket Socket => socket;

    public Task SendAsync(string text) => socket.SendAsync(Encoding.UTF8.GetBytes(text), WebSocketMessageType.Text, true, Token);

    /// <summary>The next message as text; null for a close frame.</summary>
    public async Task<string?> ReceiveAsync()
    {
        var length = 0;
        while (true)
        {
            var result = await socket.ReceiveAsync(_buffer.AsMemory(length), Token);
            if (result.MessageType == WebSocketMessageType.Close)
            {
                return null;
            }

            length += result.Count;
            if (result.EndOfMessage)
            {
                return Encoding.UTF8.GetString(_buffer, 0, length);
            }
        }
    }

    /// <summary>Sends a close frame, waits for the answer, and ends the request.</summary>
    public async Task CloseAsync(int code, string reason)
    {
        await socket.CloseAsync((WebSocketCloseStatus)code, reason, Token);
        request.End();
    }

    /// <summary>Answers the client's close frame, and ends the request.</summary>
    public async Task AnswerCloseAsync()
    {
        while (await ReceiveAsync() is not null)
        {
        }

        await socket.CloseOutputAsync(socket.CloseStatus ?? WebSocketCloseStatus.NormalClosure, "", Token);
        request.End();
    }

    /// <summary>Breaks the TCP connection without a close frame.</summary>
    public void Drop() => request.Abort();
}
