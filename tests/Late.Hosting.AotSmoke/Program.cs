using Late.Hosting;
using Late.Hosting.AotSmoke;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

// Everything that ahead-of-time compilation could break, in one run: the container makes the handler, a configuration
// section is bound and checked, JSON goes through a generated context, messages are read by their discriminator, a call
// gets its reply, a stream its items, a topic those of two sessions, and the connection comes back.
using var timeout = new CancellationTokenSource(TimeSpan.FromSeconds(30), TimeProvider.System);
await using var server = await EchoServer.StartAsync();

var builder = WebApplication.CreateSlimBuilder(args);
builder.Logging.SetMinimumLevel(LogLevel.Error);
builder.Configuration["Late:Smoke:Uri"] = server.Uri.ToString();
builder.Configuration["Late:Smoke:Startup"] = nameof(LateStartupMode.WaitForReady);
builder.Configuration["Late:Smoke:CallTimeout"] = "00:00:10";
builder.Configuration["Late:Smoke:Headers:X-Smoke"] = "yes";
builder.Configuration["Late:Smoke:SubProtocols:0"] = "smoke.v1";
builder.Configuration["Late:Smoke:Compression"] = nameof(LateCompression.Deflate);
builder.Configuration["Late:Smoke:Reconnect:BaseDelay"] = "00:00:00.010";
builder.WebHost.UseSetting("urls", "http://127.0.0.1:0");
builder.Services.AddLateConnection<SmokeHandler>();
await using var app = builder.Build();
await app.StartAsync(timeout.Token);

var client = app.Services.GetRequiredService<ILateClient<SmokeHandler>>();
await using var shouts = await client.SubscribeAsync(new Shouts(3), new() { OnGap = LateOnGap.Continue }, timeout.Token);
await client.PostAsync(new Shout("two"), timeout.Token);
var first = await client.CallAsync(new Ask("one"), timeout.Token);

// The server drops the connection in the middle of this one.
var wasDropped = false;
try
{
    await client.CallAsync(new Ask(EchoServer.Drop), timeout.Token);
}
catch (LateDisconnectedException)
{
    wasDropped = true;
}

await client.WaitForReadyAsync(timeout.Token);
var letters = string.Join('-', await client.StreamAsync(new Letters("abc"), timeout.Token).ToListAsync(timeout.Token));
await client.PostAsync(new Shout("six"), timeout.Token);
var shouted = string.Join(' ', await shouts.ReadAllAsync(timeout.Token).Take(2).ToListAsync(timeout.Token));
var second = await client.CallAsync(new Ask("three"), timeout.Token);
await app.StopAsync(timeout.Token);

var (expected, seen) = (
    "ONE THREE, received TWO, A-B-C, TWO SIX, dropped: True, 2 connections, smoke.v1, X-Smoke yes, permessage-deflate; client_max_window_bits=15",
    $"{first.Text} {second.Text}, received {first.Received}, {letters}, {shouted}, dropped: {wasDropped}, {second.Session} connections, {server.LastSubProtocol}, X-Smoke {server.LastHeader}, {server.LastExtension}");
Console.WriteLine(seen == expected ? $"The smoke test has passed: {seen}." : $"The smoke test has FAILED: {seen}; expected {expected}.");
return seen == expected ? 0 : 1;
