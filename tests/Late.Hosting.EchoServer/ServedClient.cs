using System.Globalization;
using System.Net.WebSockets;
using System.Text;
using Microsoft.AspNetCore.Http;

namespace Late.Hosting.EchoServer;

/// <summary>
/// Answers each message with itself, but for "drop", which breaks the connection, and "close", which ends it in good
/// order. The query asks for more: <c>record=1</c> writes each message to the standard output before it is answered, and
/// <c>flood=N</c> sends N messages every 20 ms in addition to the answers.
/// </summary>
internal sealed class ServedClient(HttpContext context, WebSocket socket)
{
    private static readonly TimeSpan s_floodPeriod = TimeSpan.FromMilliseconds(20);

    private readonly SemaphoreSlim _sending = new(1);

    public async Task RunAsync()
    {
        using var ended = new CancellationTokenSource();
        var flooding = FloodAsync(Number("flood"), ended.Token);
        try
        {
            await AnswerAsync(records: Number("record") > 0);
        }
        catch (Exception exception) when (exception is WebSocketException or OperationCanceledException)
        {
            // The client is gone.
        }

        await ended.CancelAsync();
        await flooding;
    }

    private async Task AnswerAsync(bool records)
    {
        var buffer = new byte[4 * 1024];
        while (await socket.ReceiveAsync(buffer.AsMemory(), context.RequestAborted) is { MessageType: not WebSocketMessageType.Close } message)
        {
            var bytes = buffer.AsMemory(0, message.Count);
            if (bytes.Span.SequenceEqual("drop"u8))
            {
                context.Abort();
                return;
            }

            if (bytes.Span.SequenceEqual("close"u8))
            {
                break;
            }

            if (records)
            {
                // In the pipe before the answer: what was seen is known also when this process is killed.
                Console.WriteLine(Encoding.UTF8.GetString(bytes.Span));
            }

            await SendAsync(bytes);
        }

        await _sending.WaitAsync();
        await socket.CloseAsync(socket.CloseStatus ?? (WebSocketCloseStatus)1012, "", context.RequestAborted);
    }

    private async Task FloodAsync(int messages, CancellationToken ended)
    {
        if (messages == 0)
        {
            return;
        }

        var message = Encoding.UTF8.GetBytes("""{"channel":"ticker","symbol":"BTC/USD","last":64189.1}""");
        using var clock = new PeriodicTimer(s_floodPeriod, TimeProvider.System);
        try
        {
            while (await clock.WaitForNextTickAsync(ended))
            {
                for (var i = 0; i < messages; i++)
                {
                    await SendAsync(message);
                }
            }
        }
        catch (Exception exception) when (exception is WebSocketException or OperationCanceledException)
        {
            // The client is gone, or the connection is being closed.
        }
    }

    private async Task SendAsync(ReadOnlyMemory<byte> message)
    {
        await _sending.WaitAsync(context.RequestAborted);
        try
        {
            await socket.SendAsync(message, WebSocketMessageType.Text, endOfMessage: true, context.RequestAborted);
        }
        finally
        {
            _sending.Release();
        }
    }

    private int Number(string name) => int.TryParse(context.Request.Query[name], NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : 0;
}
