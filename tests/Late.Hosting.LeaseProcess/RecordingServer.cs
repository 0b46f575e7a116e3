using System.Globalization;
using System.Net.WebSockets;
using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Late.Hosting.LeaseProcess;

/// <summary>
/// A server that writes down every session of every key: its begin with its owner and token, each frame, the close frame, and its end. So overlap is measured
/// where it would do harm.
/// </summary>
internal static class RecordingServer
{
    public static async Task<int> RunAsync()
    {
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.Logging.ClearProviders();
        builder.WebHost.UseKestrelCore().UseUrls("http://127.0.0.1:0");
        var app = builder.Build();
        var recorder = new Recorder();
        var sessions = 0L;
        app.UseWebSockets(new WebSocketOptions { KeepAliveInterval = Timeout.InfiniteTimeSpan });
        app.Run(context => ServeAsync(context, Interlocked.Increment(ref sessions), recorder));
        await app.StartAsync();
        var address = app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.Single();
        recorder.Write("listens", new Uri(address).Port.ToString(CultureInfo.InvariantCulture));
        await app.WaitForShutdownAsync();
        return 0;
    }

    private static async Task ServeAsync(HttpContext context, long number, Recorder recorder)
    {
        var (key, session) = (context.Request.Path.Value!.Trim('/'), number.ToString(CultureInfo.InvariantCulture));
        recorder.Write("begin", key, session, $"{context.Request.Headers["Owner"]}", $"{context.Request.Headers["Token"]}");
        using var socket = await context.WebSockets.AcceptWebSocketAsync();
        var buffer = new byte[4096];
        try
        {
            while (await socket.ReceiveAsync(buffer, CancellationToken.None) is var received)
            {
                if (received.MessageType == WebSocketMessageType.Close)
                {
                    recorder.Write("close", key, session, $"{(int?)received.CloseStatus}");
                    await socket.CloseOutputAsync(WebSocketCloseStatus.NormalClosure, "", CancellationToken.None);
                    break;
                }

                recorder.Write("frame", key, session, Encoding.UTF8.GetString(buffer, 0, received.Count));
            }
        }
        catch (Exception)
        {
            // It has ended without a close frame.
        }

        recorder.Write("end", key, session);
    }
}
