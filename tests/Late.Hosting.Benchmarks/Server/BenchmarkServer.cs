using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.AspNetCore.Server.Kestrel.Transport.Sockets;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Late.Hosting.Benchmarks.Server;

/// <summary>
/// Serves until standard input closes. One port works on raw bytes, so that the server is never the limit; the others
/// speak HTTP, for the SignalR hub and for many connections.
/// </summary>
internal static class BenchmarkServer
{
    // Thousands that come concurrently wait in the kernel; what it has no room for comes again only after a second.
    private const int Backlog = 4096;

    public static async Task RunAsync(ServerSettings settings)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        var accepted = new AcceptTimes();
        builder.Services.AddSignalR();
        builder.Services.AddSingleton<IMemoryPoolFactory<byte>, LargeBlockPoolFactory>();
        // On one core a hand-over between threads is pure loss, and would hide what the clients cost.
        builder.Services.Configure<SocketTransportOptions>(options => (options.UnsafePreferInlineScheduling, options.Backlog) = (settings.IsPinned, Backlog));
        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            kestrel.Limits.Http2.MaxStreamsPerConnection = settings.StreamsPerConnection;
            kestrel.Listen(IPAddress.Loopback, 0, raw => raw.Run(RawConnection.RunAsync));
            kestrel.Listen(IPAddress.Loopback, settings.HttpPort, http =>
            {
                http.Protocols = HttpProtocols.Http1;
                http.Use(accepted.Note);
            });
            kestrel.Listen(IPAddress.Loopback, 0, http2 => http2.Protocols = HttpProtocols.Http2);
        });
        await using var app = builder.Build();
        app.UseWebSockets();
        app.MapHub<BenchmarkHub>("/hub");
        app.Map("/idle", IdleConnection.RunAsync);
        app.Map("/echo", EchoConnection.RunAsync);
        app.MapGet("/accepted", accepted.WriteAsync);
        await app.StartAsync();
        var addresses = app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses;
        Console.WriteLine(string.Join(' ', addresses.Select(address => new Uri(address).Port)));
        while (await Console.In.ReadLineAsync() is not null)
        {
        }
    }
}
