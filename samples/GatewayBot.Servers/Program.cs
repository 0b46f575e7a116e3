using GatewayBot.Servers;
using GatewayBot.Servers.Feed;
using GatewayBot.Servers.Gateway;

// Two addresses: sessions of the gateway are resumed at the second.
var builder = WebApplication.CreateBuilder(args);
var (address, resumeAddress) = (builder.Configuration["Address"] ?? "http://localhost:5010", builder.Configuration["ResumeAddress"] ?? "http://localhost:5011");
builder.Logging.AddSimpleConsole(static console => (console.SingleLine, console.TimestampFormat) = (true, "HH:mm:ss.fff "));
builder.Logging.AddFilter("Microsoft.AspNetCore", LogLevel.Warning);
builder.WebHost.UseUrls(address, resumeAddress);
builder.Services.AddSingleton(new GatewayServer { ResumeAt = WebSocketAddress(resumeAddress), Token = "a bot's token" });
builder.Services.AddSingleton(new FeedServer { Address = new Uri(WebSocketAddress(address), "/feed") });
builder.Services.AddHostedService<EventSource>();

var application = builder.Build();
var (gateway, feed) = (application.Services.GetRequiredService<GatewayServer>(), application.Services.GetRequiredService<FeedServer>());
application.UseWebSockets();
application.MapGateway(gateway);
application.MapFeed(feed);

// What real servers do now and then.
application.MapPost("/gateway/reconnect", gateway.RequestReconnectAsync);
application.MapPost("/gateway/drop", gateway.Drop);
application.MapPost("/gateway/invalidate", (bool? resumable) => gateway.InvalidateAsync(resumable ?? false));
application.MapPost("/gateway/close/{code:int}", gateway.CloseAsync);
application.MapPost("/feed/move", feed.MoveAsync);
application.MapPost("/feed/revoke/{topic}", feed.RevokeAsync);
await application.RunAsync();

static Uri WebSocketAddress(string address) => new UriBuilder(address) { Scheme = "ws" }.Uri;
