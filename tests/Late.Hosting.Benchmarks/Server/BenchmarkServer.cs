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
/// Serves until standard input closes. One port works on raw bytes, so that the server is never the limit; the other
/// speaks HTTP, for the SignalR hub and for connections that only stay open.
/// </summary>
internal static class BenchmarkServer
{
    public static async Task RunAsync(bool isPinned)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.Services.AddSignalR();
        builder.Services.AddSingleton<IMemoryPoolFactory<byte>, LargeBlockPoolFactory>();
        // On one core a hand-over between threads is pure loss, and would hide what the clients cost.
        builder.Services.Configure<SocketTransportOptions>(options => options.UnsafePreferInlineScheduling = isPinned);
        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            kestrel.Listen(IPAddress.Loopback, 0, raw => raw.Run(RawConnection.RunAsync));
            kestrel.Listen(IPAddress.Loopback, 0, http => http.Protocols = HttpProtocols.Http1);
        });
        await using var app = builder.Build();
        app.UseWebSockets();
        app.MapHub<BenchmarkHub>("/hub");
        app.Map("/idle", IdleConnection.RunAsync);
        await app.StartAsync();
        var addresses = app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses;
        Console.WriteLine(string.Join(' ', addresses.Select(address => new Uri(address).Port)));
        while (await Console.In.ReadLineAsync() is not null)
        {
        }
    }
}
