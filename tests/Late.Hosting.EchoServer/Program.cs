using System.Globalization;
using System.Net;
using Late.Hosting.EchoServer;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.Logging;

// A WebSocket server in a process of its own, for tests that kill it and for measurements that are not to contain it. The
// argument is its port, 0 for a free one. Its standard output has the port, and then every message that it was asked to
// record. It ends when its standard input closes, so also when its parent is gone.
var builder = WebApplication.CreateSlimBuilder();
builder.Logging.ClearProviders();
builder.WebHost.UseKestrelCore().ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, int.Parse(args[0], CultureInfo.InvariantCulture)));
await using var app = builder.Build();
app.UseWebSockets();
app.Run(async context =>
{
    using var socket = await context.WebSockets.AcceptWebSocketAsync();
    await new ServedClient(context, socket).RunAsync();
});
await app.StartAsync();
Console.WriteLine(new Uri(app.Urls.Single()).Port);

while (await Console.In.ReadLineAsync() is not null)
{
}
