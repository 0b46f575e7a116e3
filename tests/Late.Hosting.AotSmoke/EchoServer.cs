using System.Net.WebSockets;
using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace Late.Hosting.AotSmoke;

/// <summary>Echoes in capitals, and drops the connection when asked to.</summary>
internal sealed class EchoServer : IAsyncDisposable
{
    public const string Drop = "drop";

    private readonly WebApplication _app;

    private EchoServer(WebApplication app) => _app = app;

    public Uri Uri => new(_app.Urls.First().Replace("http:", "ws:", StringComparison.Ordinal));

    public string? LastSubProtocol { get; private set; }

    public string? LastHeader { get; private set; }

    public string? LastExtension { get; private set; }

    public static async Task<EchoServer> StartAsync()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.SetMinimumLevel(LogLevel.Error);
        builder.WebHost.UseSetting("urls", "http://127.0.0.1:0");
        var server = new EchoServer(builder.Build());
        server._app.UseWebSockets();
        server._app.Run(server.ServeAsync);
        await server._app.StartAsync();
        return server;
    }

    public ValueTask DisposeAsync() => _app.DisposeAsync();

    private async Task ServeAsync(HttpContext context)
    {
        LastHeader = context.Request.Headers["X-Smoke"];
        using var socket = await context.WebSockets.AcceptWebSocketAsync(
            new WebSocketAcceptContext { SubProtocol = context.WebSockets.WebSocketRequestedProtocols[0], DangerousEnableCompression = true });
        LastSubProtocol = socket.SubProtocol;
        LastExtension = context.Response.Headers.SecWebSocketExtensions;
        var buffer = new byte[4096];
        while (true)
        {
            var result = await socket.ReceiveAsync(buffer, CancellationToken.None);
            if (result.MessageType == WebSocketMessageType.Close)
            {
                await socket.CloseOutputAsync(WebSocketCloseStatus.NormalClosure, null, CancellationToken.None);
                return;
            }

            var text = Encoding.UTF8.GetString(buffer, 0, result.Count);
            if (text.Contains(Drop, StringComparison.Ordinal))
            {
                context.Abort();
                return;
            }

            var answer = Capitals(text);
            await socket.SendAsync(Encoding.UTF8.GetBytes(answer), WebSocketMessageType.Text, endOfMessage: true, CancellationToken.None);
        }
    }

    // A message with an id is answered by a reply, any other by itself: only the text is in capitals.
    private static string Capitals(string json)
    {
        var (id, text) = System.Text.Json.JsonSerializer.Deserialize(json, SmokeJson.Default.Message)!;
        return id > 0
            ? System.Text.Json.JsonSerializer.Serialize(new Reply(id, text.ToUpperInvariant()), SmokeJson.Default.FeedMessage)
            : System.Text.Json.JsonSerializer.Serialize(new Message(id, text.ToUpperInvariant()), SmokeJson.Default.Message);
    }
}
