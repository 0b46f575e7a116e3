using System.Net.WebSockets;
using System.Text;
using Microsoft.AspNetCore.Http.Features;

namespace GatewayBot.Servers;

/// <summary>The server's end of one connection. Everything is written in the order in which it was asked for.</summary>
public sealed class Peer(WebSocket socket, HttpContext context)
{
    private readonly SemaphoreSlim _writing = new(1);
    private readonly IHttpRequestLifetimeFeature _request = context.Features.GetRequiredFeature<IHttpRequestLifetimeFeature>();
    private readonly CancellationToken _aborted = context.RequestAborted;

    /// <summary>The code of the client's close frame; null where it has sent none.</summary>
    public int? CloseCode => (int?)socket.CloseStatus;

    /// <returns>False where the connection is lost.</returns>
    public Task<bool> SendAsync(string text) =>
        WriteAsync(() => socket.SendAsync(Encoding.UTF8.GetBytes(text), WebSocketMessageType.Text, endOfMessage: true, _aborted));

    public Task<bool> CloseAsync(int code, string reason = "") =>
        WriteAsync(() => socket.CloseOutputAsync((WebSocketCloseStatus)code, reason, _aborted));

    /// <summary>Breaks the connection, as a network does.</summary>
    public void Drop()
    {
        socket.Abort();
        _request.Abort();
    }

    /// <summary>The messages of the client, until it closes or the connection is lost.</summary>
    public async IAsyncEnumerable<string> ReadAsync()
    {
        while (await ReceiveAsync() is { } text)
        {
            yield return text;
        }
    }

    /// <summary>Answers the close frame of the client, where it has sent one.</summary>
    public Task AnswerCloseAsync() => socket.State == WebSocketState.CloseReceived ? CloseAsync(CloseCode ?? 1000) : Task.CompletedTask;

    private async Task<string?> ReceiveAsync()
    {
        var buffer = new ArraySegment<byte>(new byte[4096]);
        using var message = new MemoryStream();
        try
        {
            while (true)
            {
                var part = await socket.ReceiveAsync(buffer, _aborted);
                message.Write(buffer[..part.Count]);
                if (part.MessageType == WebSocketMessageType.Close)
                {
                    return null;
                }

                if (part.EndOfMessage)
                {
                    return Encoding.UTF8.GetString(message.ToArray());
                }
            }
        }
        catch (Exception exception) when (IsLoss(exception))
        {
            return null;
        }
    }

    private async Task<bool> WriteAsync(Func<Task> write)
    {
        await _writing.WaitAsync();
        try
        {
            await write();
            return true;
        }
        catch (Exception exception) when (IsLoss(exception))
        {
            return false;
        }
        finally
        {
            _writing.Release();
        }
    }

    private static bool IsLoss(Exception exception) =>
        exception is WebSocketException or OperationCanceledException or IOException or InvalidOperationException;
}
